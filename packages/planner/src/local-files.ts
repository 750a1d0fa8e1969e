/** Files that a person sent, and the folder among them that is deployed. */
export interface LocalFiles {
  path: string
  files: ReadonlyMap<string, Buffer>
}
