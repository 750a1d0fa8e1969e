/** The words of the console that the stories click on: those of the seed document, written out here as its contract. */
export interface ConsoleWords {
  locale: string
  userName: string
  overview: string
  name: string
  repository: string
  next: string
  cluster: string
  namespace: string
  path: string
  autoSync: string
  manualSync: string
  prune: string
  selfHeal: string
  autoCreateProject: string
  toCreate: string
  toChange: string
  create: string
  resources: string
  settings: string
  save: string
  saved: string
  timeline: string
  rollBackToThis: string
  rollBack: string
  rollbackStarted: string
  healthy: string
  degraded: string
  synced: string
  outOfSync: string
}

export const english: ConsoleWords = {
  locale: 'en-US',
  userName: 'User name',
  overview: 'Overview',
  name: 'Name',
  repository: 'Code Repository',
  next: 'Next',
  cluster: 'Cluster',
  namespace: 'Project',
  path: 'Manifest File Path',
  autoSync: 'Auto Sync',
  manualSync: 'Manual Sync',
  prune: 'Prune resources',
  selfHeal: 'Self-heal',
  autoCreateProject: 'Auto create project',
  toCreate: 'to create',
  toChange: 'to change',
  create: 'Create',
  resources: 'Resources',
  settings: 'Settings',
  save: 'Save',
  saved: 'Saved',
  timeline: 'Timeline',
  rollBackToThis: 'Roll back to this',
  rollBack: 'Roll back',
  rollbackStarted: 'Rollback started',
  healthy: 'Healthy',
  degraded: 'Degraded',
  synced: 'Synced',
  outOfSync: 'Out of sync',
}

export const chinese: ConsoleWords = {
  locale: 'zh-CN',
  userName: '用户名',
  overview: '概览',
  name: '名称',
  repository: '代码仓库',
  next: '下一步',
  cluster: '集群',
  namespace: '项目',
  path: '清单文件路径',
  autoSync: '自动同步',
  manualSync: '手动同步',
  prune: '清理资源',
  selfHeal: '自恢复',
  autoCreateProject: '自动创建项目',
  toCreate: '新建',
  toChange: '更新',
  create: '创建',
  resources: '资源',
  settings: '设置',
  save: '保存',
  saved: '更新成功',
  timeline: '历史',
  rollBackToThis: '回滚到此版本',
  rollBack: '回滚',
  rollbackStarted: '已触发回滚',
  healthy: '健康',
  degraded: '已降级',
  synced: '已同步',
  outOfSync: '未同步',
}
