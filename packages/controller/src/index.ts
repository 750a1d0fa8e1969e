/**
 * The control loops. Each is level-based: it looks at what is, compares it with what should be, and acts; it can be
 * stopped at any moment and loses nothing. They meet the rest of the system only through the Kubernetes API.
 */
export {
  type ApplicationController,
  startApplicationController,
} from './application/application-controller.ts'
export type { ApplicationControllerOptions } from './application/controller-options.ts'
export { startClusterController } from './cluster/cluster.ts'
export { startDevOpsProjectController } from './devops-project/devops-project.ts'
export { startRepositoryController } from './repository/repository.ts'
