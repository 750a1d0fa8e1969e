import type { SourceService, SourceServiceOptions } from './contract.ts'

export declare function createSourceService(options: SourceServiceOptions): SourceService
