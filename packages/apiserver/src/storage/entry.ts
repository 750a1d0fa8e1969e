import type { KubeObject } from '@driftless/apimachinery'

/**
 * One stored object. The serialized text is the copy that is kept: lists and watches send it as it is, and it costs a
 * byte a character; the parsed form is made when asked for and lives as long as memory allows.
 */
export class Entry {
  readonly json: string
  readonly revision: number
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>> | undefined
  readonly apiVersion: string
  #parsed: WeakRef<KubeObject> | undefined
  #ascii: boolean | undefined

  /** `remember`: `object` is what readers get as long as it lives. */
  constructor(object: KubeObject, json: string, remember = true) {
    const { metadata } = object
    this.json = json
    this.revision = Number(metadata.resourceVersion)
    this.namespace = metadata.namespace ?? ''
    this.name = metadata.name
    this.uid = metadata.uid ?? ''
    this.labels = metadata.labels
    this.apiVersion = object.apiVersion
    this.#parsed = remember ? new WeakRef(object) : undefined
  }

  /** Remembers nothing: a weak reference holds its object to the end of the turn, and a start reads all in one. */
  static fromJson(json: string): Entry {
    return new Entry(JSON.parse(json) as KubeObject, json, false)
  }

  get key(): string {
    return `${this.namespace}/${this.name}`
  }

  /** Whether the text has a byte a character in UTF-8, too. */
  get isAscii(): boolean {
    this.#ascii ??= Buffer.byteLength(this.json) === this.json.length
    return this.#ascii
  }

  /** The object, shared with every other reader: never change it. */
  get object(): KubeObject {
    const alive = this.#parsed?.deref()
    if (alive !== undefined) return alive
    const parsed = JSON.parse(this.json) as KubeObject
    this.#parsed = new WeakRef(parsed)
    return parsed
  }

  /** A copy that the caller may change. */
  copy(): KubeObject {
    return JSON.parse(this.json) as KubeObject
  }
}
