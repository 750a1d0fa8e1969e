export const modules: string
export const commands: Record<string, Record<string, string>>
export function binariesFolder(environment?: NodeJS.ProcessEnv): string
export function cacheFolder(environment?: NodeJS.ProcessEnv): string
export function missingBinaries(folder?: string): string[]
