/** The world of the fake server: a few workspaces, projects and repositories, and as many deployments as asked for. */

const statuses = {
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  Conflict: 409,
  AlreadyExists: 409,
  Invalid: 422,
  ServiceUnavailable: 503,
}

export function ownError(code, message, more = {}) {
  return Object.assign(new Error(message), { code, status: statuses[code] ?? 500, more })
}

const can = {
  createApplication: true,
  updateApplication: true,
  deleteApplication: true,
  syncApplication: true,
  createRepository: true,
  deleteRepository: true,
}
const revision = (seed) =>
  [...Array(40)].map((_, i) => ((seed * 7919 + i * 104729 + i * i * seed) % 16).toString(16)).join('')
const subjects = [
  'Scale the frontend to three replicas',
  'Use the new cache image',
  '修复登录页面的超时问题',
  'Add a readiness probe',
  'Bump postgres to 16.4',
  'feat(checkout): 支持优惠券叠加',
]
const services = [
  'checkout',
  'catalog',
  'payments',
  'inventory',
  'search',
  'identity',
  'gateway',
  'billing',
  'notifications',
  'recommendations',
]
const aliases = ['结算服务', '商品目录', '支付中心', '', '', '', '网关 🚪', '', '消息通知', '']
const reasons = {
  Degraded: 'Deployment web: 1 of 3 pods cannot pull the image registry.example/web:2.4.1.',
  Progressing: 'Deployment api: 2 of 3 replicas are updated.',
  Missing: 'Service web is not in the cluster.',
  Unknown: 'The cluster edge-2 has not answered since 11:58.',
}
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()

function healthOf(i) {
  if (i % 31 === 3) return 'Degraded'
  if (i % 17 === 5) return 'Progressing'
  if (i % 53 === 7) return 'Missing'
  if (i % 43 === 9) return 'Suspended'
  return i % 97 === 11 ? 'Unknown' : 'Healthy'
}

function makeRow(i, project) {
  const service = services[i % services.length]
  const health = healthOf(i)
  const long = i === 6 ? 'a-name-that-is-as-long-as-names-may-be-in-kubernetes-63-letters' : ''
  return {
    name: long || (i < services.length ? service : `${service}-${Math.floor(i / services.length)}`),
    project: project.name,
    workspace: project.workspace,
    uid: `${project.name}-${i}`,
    resourceVersion: String(i),
    alias: aliases[i % aliases.length],
    description: i % 4 === 0 ? 'Part of the shop' : '',
    health,
    reason: reasons[health] ?? '',
    sync: health === 'Unknown' ? 'Unknown' : i % 9 === 2 ? 'OutOfSync' : 'Synced',
    operationPhase: i % 41 === 8 ? 'Running' : 'Succeeded',
    automated: i % 3 === 0,
    repoURL: 'https://git.example.com/shop/deploy.git',
    path: `apps/${service}`,
    targetRevision: i % 5 === 0 ? 'v2.4.1' : 'main',
    revision: revision(i + 3),
    revisionSubject: subjects[i % subjects.length],
    cluster: i % 4 === 1 ? 'edge-2' : 'in-cluster',
    namespace: `shop-${['prod', 'staging', 'dev'][i % 3]}`,
    createdAt: ago(60 * 24 * 20),
    updatedAt: ago((i * 37) % 9000),
    deleting: false,
  }
}

function applicationOf(row) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: row.name,
      namespace: row.project,
      uid: row.uid,
      resourceVersion: row.resourceVersion,
      creationTimestamp: row.createdAt,
      annotations: { 'driftless.dev/alias': row.alias, 'driftless.dev/description': row.description },
    },
    spec: {
      project: row.project,
      source: { repoURL: row.repoURL, path: row.path, targetRevision: row.targetRevision },
      destination: { name: row.cluster, namespace: row.namespace },
      syncPolicy: {
        ...(row.automated ? { automated: { prune: true, selfHeal: true } } : {}),
        syncOptions: ['CreateNamespace=true', 'PrunePropagationPolicy=foreground'],
        retry: { limit: 3 },
      },
    },
    status: {
      sync: { status: row.sync, revision: row.revision },
      health: { status: row.health },
      operationState: {
        phase: row.operationPhase || 'Succeeded',
        message: 'Synced 4 resources in 3 s.',
        startedAt: ago(6),
        finishedAt: ago(5.95),
        operation: {},
        syncResult: {
          revision: row.revision,
          resources: [
            {
              kind: 'Job',
              name: 'migrate',
              namespace: row.namespace,
              hookPhase: 'Succeeded',
              syncPhase: 'PreSync',
              message: 'completed in 2 s',
            },
            {
              kind: 'Service',
              name: 'web',
              namespace: row.namespace,
              status: 'Synced',
              syncPhase: 'Sync',
              message: 'unchanged',
            },
            {
              kind: 'Deployment',
              name: 'web',
              namespace: row.namespace,
              status: 'Synced',
              syncPhase: 'Sync',
              message: 'configured',
            },
            {
              kind: 'ConfigMap',
              name: 'old-settings',
              namespace: row.namespace,
              status: 'PruneSkipped',
              syncPhase: 'Sync',
              message: 'not in Git; prune is off',
            },
          ],
        },
      },
      history: [1, 2, 3].map((id) => ({
        id,
        revision: revision(id),
        deployedAt: ago(9000 - id * 2000),
        source: { repoURL: row.repoURL, path: row.path, targetRevision: row.targetRevision },
        initiatedBy: id === 2 ? { automated: true } : { username: 'admin' },
      })),
    },
  }
}

const commitsOf = (row) =>
  Object.fromEntries(
    [1, 2].map((id) => [
      revision(id),
      { subject: `${row.revisionSubject} (${id})`, author: 'Ada', date: ago(9600 - id * 2000) },
    ]),
  )

const yaml = (replicas) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  replicas: ${replicas}\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n        - name: web\n          image: registry.example/web:2.4.${replicas}\n          ports:\n            - containerPort: 8080\n`

function planOf(isNew) {
  const at = {
    version: 'v1',
    namespace: 'shop-prod',
    phase: 'Sync',
    wave: 0,
    message: '',
    changes: [],
    liveYaml: '',
    targetYaml: '',
  }
  const resources = isNew
    ? [
        {
          ...at,
          action: 'create',
          group: '',
          kind: 'Service',
          name: 'web',
          targetYaml: 'apiVersion: v1\nkind: Service\n',
        },
        { ...at, action: 'create', group: 'apps', kind: 'Deployment', name: 'web', targetYaml: yaml(3) },
      ]
    : [
        { ...at, action: 'hook', group: 'batch', kind: 'Job', name: 'migrate', phase: 'PreSync' },
        {
          ...at,
          action: 'update',
          group: 'apps',
          kind: 'Deployment',
          name: 'web',
          liveYaml: yaml(2),
          targetYaml: yaml(3),
          changes: [
            { path: 'spec.replicas', live: 2, target: 3, manager: 'kubectl-scale', changedAt: ago(14) },
            {
              path: 'spec.template.spec.containers[web].image',
              live: 'registry.example/web:2.4.2',
              target: 'registry.example/web:2.4.3',
            },
          ],
        },
        {
          ...at,
          action: 'prune',
          group: '',
          kind: 'ConfigMap',
          name: 'old-settings',
          liveYaml: 'apiVersion: v1\nkind: ConfigMap\ndata:\n  mode: old\n',
        },
        { ...at, action: 'unchanged', group: '', kind: 'Service', name: 'web' },
      ]
  const counts = { create: 0, update: 0, prune: 0, replace: 0, unchanged: 0, hook: 0 }
  for (const resource of resources) counts[resource.action]++
  return { hash: 'x', revision: revision(5), revisionSubject: subjects[0], resources, counts, warnings: [] }
}

function treeOf(row) {
  const node = (fields) => ({
    parentUid: '',
    group: '',
    version: 'v1',
    namespace: row.namespace,
    managed: true,
    health: '',
    healthMessage: '',
    sync: 'Synced',
    requiresPruning: false,
    hook: false,
    createdAt: ago(3000),
    images: [],
    info: '',
    ...fields,
  })
  const pod = (i) =>
    node({
      uid: `p${i}`,
      parentUid: 'r',
      kind: 'Pod',
      name: `web-6f7b9c-${['x2k4d', 'p9w8q', 'm3n7z'][i]}`,
      managed: false,
      sync: '',
      health: row.health === 'Degraded' && i === 2 ? 'Degraded' : 'Healthy',
      info: row.health === 'Degraded' && i === 2 ? '0/1' : '1/1',
      images: ['registry.example/web:2.4.2'],
      createdAt: ago(40),
    })
  return {
    nodes: [
      node({ uid: 'c', kind: 'ConfigMap', name: 'old-settings', requiresPruning: true, sync: 'OutOfSync' }),
      node({ uid: 's', kind: 'Service', name: 'web', health: 'Healthy' }),
      node({
        uid: 'd',
        group: 'apps',
        kind: 'Deployment',
        name: 'web',
        health: row.health,
        healthMessage: row.reason,
        sync: row.sync,
        info: '3/3',
        images: ['registry.example/web:2.4.2'],
      }),
      node({
        uid: 'r',
        parentUid: 'd',
        group: 'apps',
        kind: 'ReplicaSet',
        name: 'web-6f7b9c',
        managed: false,
        sync: '',
        health: 'Healthy',
        info: '3/3',
        createdAt: ago(40),
      }),
      pod(0),
      pod(1),
      pod(2),
    ],
  }
}

export function makeWorld(rowCount) {
  let version = 1
  const listeners = []
  const projects = [
    ['demo', 'team-a', '演示'],
    ['shop', 'team-a', 'Shop'],
    ['empty', 'team-a', ''],
    ['broken', 'team-b', ''],
    ['slow', 'team-b', ''],
  ].map(([name, workspace, alias]) => ({
    name,
    workspace,
    alias,
    description: '',
    creator: 'admin',
    createdAt: ago(50_000),
    applications: name === 'demo' ? rowCount : 0,
    can,
  }))
  const rows = Array.from({ length: rowCount }, (_, i) => makeRow(i, projects[0]))
  const repositories = [
    {
      name: 'deploy',
      alias: '',
      description: 'Manifests of the shop',
      url: 'https://git.example.com/shop/deploy.git',
      hasCredentials: true,
      connection: { state: 'Connected', message: '', checkedAt: ago(2) },
      applications: rowCount,
      createdAt: ago(40_000),
      creator: 'admin',
    },
    {
      name: 'platform',
      alias: '平台组件',
      description: '',
      url: 'git@git.example.com:platform/base.git',
      hasCredentials: true,
      connection: {
        state: 'Failed',
        message: 'The server refused the key of git@git.example.com.',
        checkedAt: ago(9),
      },
      applications: 0,
      createdAt: ago(3_000),
      creator: 'admin',
    },
  ]
  const emit = (type, row) => {
    version++
    for (const listener of listeners) listener({ type, row })
  }
  const find = (project, name) => rows.find((row) => row.project === project && row.name === name)
  const list = (items) => ({
    items,
    total: items.length,
    counts: { health: {}, sync: {} },
    cursor: String(version),
  })
  const page = (items, query) => ({
    ...list(items),
    items: items.slice(Number(query.get('offset') ?? 0)).slice(0, Number(query.get('limit') ?? 200)),
  })
  const update = (row, fields) => {
    Object.assign(row, fields, { resourceVersion: String(++version), updatedAt: new Date().toISOString() })
    emit('MODIFIED', { ...row })
  }
  const item = (method, row, query, body) => {
    if (method === 'GET') return { application: applicationOf(row), row, can, commits: commitsOf(row) }
    if (method === 'DELETE') {
      rows.splice(rows.indexOf(row), 1)
      emit('DELETED', { name: row.name, project: row.project, uid: row.uid })
      return {}
    }
    if (method === 'PUT' && body.metadata?.resourceVersion !== row.resourceVersion)
      throw ownError('Conflict', `${row.name} was changed since it was read.`)
    const notes = body.metadata?.annotations ?? {}
    update(row, {
      alias: notes['driftless.dev/alias'] ?? '',
      description: notes['driftless.dev/description'] ?? '',
    })
    return applicationOf(row)
  }
  const sub = {
    resources: treeOf,
    plan: () => planOf(false),
    logs: () => '12:00:01 listening on :8080\n12:00:04 GET /healthz 200\n',
    resource: () => ({
      liveYaml: yaml(2),
      targetYaml: yaml(3),
      changes: planOf(false).resources[1].changes,
      events: [
        { type: 'Warning', reason: 'BackOff', message: 'Back-off pulling image', count: 7, lastSeen: ago(3) },
      ],
    }),
  }
  const routes = [
    [/^\/session$/, () => makeWorld.session],
    [
      /^\/workspaces$/,
      (m, _q, body) =>
        m === 'POST'
          ? body
          : {
              items: ['team-a', 'team-b'].map((name) => ({
                name,
                alias: name === 'team-a' ? '电商团队' : '',
                description: 'The people of the shop',
                devopsProjects: 3,
              })),
            },
    ],
    [
      /^\/workspaces\/([^/]+)\/devops$/,
      (m, _q, body, [w]) => {
        if (m === 'GET') return { items: projects.filter((p) => p.workspace === w) }
        if (projects.some((p) => p.name === body.name))
          throw ownError('AlreadyExists', `The name ${body.name} is taken.`, {
            fields: [{ field: 'name', message: `The name ${body.name} is taken.` }],
          })
        projects.push({ ...body, workspace: w, creator: 'admin', createdAt: ago(0), applications: 0, can })
        return projects.at(-1)
      },
    ],
    [/^\/devops$/, () => ({ items: projects })],
    [
      /^\/clusters$/,
      () => ({
        items: [
          {
            name: 'in-cluster',
            server: 'https://127.0.0.1:7443',
            embedded: true,
            state: 'Connected',
            message: '',
            version: 'v1.33.0',
          },
          {
            name: 'edge-2',
            server: 'https://edge-2.example.com:6443',
            embedded: false,
            state: 'Failed',
            message: 'No answer within 10 s.',
            version: '',
          },
        ],
      }),
    ],
    [
      /^\/clusters\/[^/]+\/namespaces$/,
      () => ({
        items: ['shop-dev', 'shop-staging', 'shop-prod', 'finance'].map((name) => ({
          name,
          workspace: name === 'finance' ? 'team-b' : 'team-a',
          selectable: name !== 'finance',
          reason: name === 'finance' ? 'Belongs to the workspace team-b.' : '',
        })),
      }),
    ],
    [
      /^\/devops\/([^/]+)\/repositories$/,
      (m, _q, body, [p]) =>
        m === 'POST'
          ? (repositories.push({ ...repositories[0], ...body, applications: 0 }), body)
          : { items: p === 'demo' ? repositories : [] },
    ],
    [
      /^\/devops\/[^/]+\/repositories:test$/,
      (_m, _q, body) =>
        body.url.includes('wrong')
          ? { ok: false, field: 'url', message: 'There is no host called wrong.example.com.' }
          : { ok: true, message: '', defaultBranch: 'main' },
    ],
    [
      /^\/devops\/[^/]+\/repositories\/[^/]+\/refs$/,
      () => ({
        defaultBranch: 'main',
        branches: [
          { name: 'main', revision: revision(1) },
          { name: 'next', revision: revision(2) },
        ],
        tags: [{ name: 'v2.4.1', revision: revision(4) }],
      }),
    ],
    [
      /^\/devops\/[^/]+\/repositories\/[^/]+\/directories$/,
      () => ({
        items: services.map((name, i) => ({
          path: `apps/${name}`,
          type: ['Directory', 'Kustomize', 'Helm'][i % 3],
        })),
      }),
    ],
    [
      /^\/devops\/[^/]+\/repositories\/([^/]+)$/,
      (_m, _q, _b, [name]) =>
        repositories.splice(
          repositories.findIndex((r) => r.name === name),
          1,
        ),
    ],
    [
      /^\/applications$/,
      (_m, query) =>
        page(
          rows.filter(
            (row) =>
              row.name.includes(query.get('search') ?? '') || row.alias.includes(query.get('search') ?? ''),
          ),
          query,
        ),
    ],
    [
      /^\/devops\/[^/]+\/applications:plan$/,
      (_m, _q, body) => {
        if (body.spec.source.path.includes('missing'))
          throw ownError('Invalid', 'The plan cannot be made.', {
            fields: [
              {
                field: 'spec.source.path',
                message: `There is no folder ${body.spec.source.path} at ${body.spec.source.targetRevision}.`,
              },
            ],
          })
        return planOf(true)
      },
    ],
    [
      /^\/devops\/([^/]+)\/applications$/,
      (m, query, body, [p]) => {
        if (m === 'GET')
          return page(
            rows.filter((row) => row.project === p),
            query,
          )
        if (find(p, body.metadata.name))
          throw ownError('AlreadyExists', 'It exists.', {
            fields: [
              { field: 'metadata.name', message: `A deployment called ${body.metadata.name} exists.` },
            ],
          })
        const row = {
          ...makeRow(rows.length + 1000, projects[0]),
          project: p,
          name: body.metadata.name,
          uid: `new-${version}`,
          health: 'Progressing',
          sync: 'OutOfSync',
          alias: body.metadata.annotations?.['driftless.dev/alias'] ?? '',
          updatedAt: new Date().toISOString(),
        }
        rows.push(row)
        emit('ADDED', row)
        return body
      },
    ],
    [
      /^\/devops\/([^/]+)\/applications\/([^/]+)\/(sync|refresh|rollback)$/,
      (_m, _q, _b, [p, name, verb]) => {
        const row = find(p, name)
        if (verb !== 'refresh') {
          update(row, { operationPhase: 'Running' })
          setTimeout(
            () => update(row, { operationPhase: 'Succeeded', sync: 'Synced', health: 'Healthy', reason: '' }),
            3000,
          )
        }
        return {}
      },
    ],
    [
      /^\/devops\/([^/]+)\/applications\/([^/]+)\/(resources|plan|resource|logs)$/,
      (_m, _q, _b, [p, name, what]) => sub[what](find(p, name)),
    ],
    [
      /^\/devops\/([^/]+)\/applications\/([^/]+)$/,
      (m, query, body, [p, name]) => {
        const row = find(p, name)
        if (row === undefined)
          throw ownError('NotFound', `There is no continuous deployment ${name} in ${p}.`)
        return item(m, row, query, body)
      },
    ],
  ]
  return {
    session: makeWorld.session,
    cursor: () => String(version),
    onEvent: (listener) => listeners.push(listener),
    answer(method, path, query, body) {
      for (const [pattern, handler] of routes) {
        const match = pattern.exec(path)
        if (match !== null) return handler(method, query, body, match.slice(1))
      }
      return undefined
    },
  }
}

makeWorld.session = {
  user: { name: 'admin', displayName: 'Administrator', admin: true },
  version: '0.1.0',
  embedded: true,
}
