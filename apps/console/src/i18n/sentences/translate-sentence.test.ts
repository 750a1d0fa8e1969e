import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'
import { foreignSentences } from './foreign.ts'
import { sentences, translateSentence } from './translate-sentence.ts'
import { words } from './words.ts'

const files: Record<string, string> = import.meta.glob(
  [
    '../../../../../packages/{engine,planner,controller,http,source,kube}/src/**/*.ts',
    '../../../../../packages/api/src/schemas/validate.ts',
    '!**/{testing,testdata}/**',
    '!**/*.test.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
)

/** Files whose words are for logs, Git clients, metrics, machines or the command line. */
const elsewhere =
  /\/(controller\/src\/(control-loop|application\/record-event)|engine\/src\/order\/order-tasks|http\/src\/(start-http|options|bootstrap-roles|auth\/(ensure-admin|login-throttle|password|credential-store)|git\/.*|webhooks\/.*|server\/(metrics|health|register-routes|console-files))|kube\/src\/(kubeconfig|in-cluster|session|wire|watch-.*|credentials|kind-follower)|planner\/src\/(settings|scripts\/.*)|source\/src\/git\/credentials)\.ts$/

interface Node {
  type: string
  [field: string]: unknown
}

/** The text of a literal or template, `{}` for each expression in it. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node.type !== 'TemplateLiteral') return undefined
  const quasis = node['quasis'] as { value: { cooked: string } }[]
  return quasis.map(({ value }) => value.cooked).join('{}')
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** Not said to people of the console: routes describe themselves, logs and actions speak English. */
function isAside(node: Node): boolean {
  const key = node['key'] as { name?: string } | undefined
  if (node.type === 'Property')
    return ['summary', 'open', 'person', 'description', 'script'].includes(key?.name ?? '')
  const callee = node['callee'] as { object?: unknown; name?: string } | undefined
  const called = JSON.stringify(callee ?? '')
  return (
    /^(Call|New)Expression$/.test(node.type) &&
    /"name":"(log|RegExp|RangeError|TypeError|Error)"/.test(called)
  )
}

function collect(value: unknown, found: Set<string>, skips: (node: Node) => boolean): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found, skips)
  if (!isNode(value) || /^(Import|Export(All)|TS(?!As|NonNull|Satisfies))/.test(value.type) || skips(value))
    return
  const text = textOf(value)
  if (text !== undefined) found.add(text)
  for (const [field, child] of Object.entries(value)) if (field !== 'parent') collect(child, found, skips)
}

/** Texts of the files that speak to people, by file. */
const produced = new Map<string, Set<string>>()
/** Every text of every file. */
const written = new Set<string>()
for (const [file, code] of Object.entries(files)) {
  const { program } = parseSync(file, code)
  collect(program, written, () => false)
  const found = new Set<string>()
  if (!elsewhere.test(file)) collect(program, found, isAside)
  produced.set(file.replace(/^.*\/packages\//, ''), found)
}
const all = new Set([...produced.values()].flatMap((texts) => [...texts]))
const letters = (text: string) => text.replaceAll('{}', '').replaceAll(/[^A-Za-z]/g, '').length
const plain = (key: string) => key.replaceAll(/\{\w+[?*!+]?\}/g, '{}')
const sentenceEnd = /(?<=[.?]) (?=[A-Z{]|$)/

const escaped = (text: string) => text.replaceAll(/[.*+?^$()|[\]\\/]/g, String.raw`\$&`)
const asRegex = (template: string) => new RegExp(`^${template.split('{}').map(escaped).join('[^]*')}$`)

const keys = Object.keys(sentences).map(plain)
const keySet = new Set(keys)

/** A table entry says it, or all that the template can say. */
function isCovered(template: string): boolean {
  if (keySet.has(template)) return true
  if (inside.has(template) || /^[ ,(]|[ ,(]$/.test(template))
    return keys.some((key) => key.includes(template.replace(/ \{\}$/, '').trim()))
  const regex = asRegex(template)
  if (letters(template) > 1 && keys.some((key) => regex.test(key))) return true
  const parts = template.split(sentenceEnd)
  return parts.length > 1 && parts.every((part) => letters(part) === 0 || isCovered(part))
}

/** With a word for each expression all of it is translated. */
function isTranslated(template: string): boolean {
  const sentence = template.replaceAll('{}', 'X9')
  const chinese = translateSentence(sentence)
  return chinese !== sentence && !/[a-z]{2,} [a-z]{2,}/.test(chinese)
}

/** Words of a sentence, not of code: some words with a space between, and nothing that only machines write. */
function isSentence(text: string): boolean {
  return letters(text) > 3 && /[a-z}"] [a-z{"(]/i.test(text) && !/^\s*(?:\{\}[\s/:.]*)+$/.test(text)
}

/** Decisions and names that no answer holds, and names that are kept as they are. */
const notSaid = new Set([
  'Run now',
  'a whole number, 0 or more',
  'automated sync is off',
  'an operation is under way',
  'the application is being deleted',
  'the application is {}',
  'only pruning is left, and automated pruning is off',
  'what is left is being deleted already',
  'what is left is never pruned, so there is nothing to heal',
  'this revision was synced already, and self-healing is off',
  'the next self-heal attempt has to wait',
  '{} (does not exist)',
  'task {} is not part of this sync',
  'apply {}',
  'hook {} {}',
  'prune {}',
  'resources of continuous deployments',
  'logs of continuous deployments',
  'actions of continuous deployments',
  'the object',
  'exit code: 3',
  'did not end',
  'local files',
  'Bearer {}',
  'Basic {}',
  'output of helm template',
  'output of kustomize build',
  'The code of a variable',
  'a text block',
  'text block',
])

/** Parts of sentences of the table. */
const inside = new Set([
  'completion of hook',
  'healthy state of',
  'deletion of',
  'pruning confirmation of',
  ' and {} more {}',
  'continuous deployment',
  'code repository',
  'DevOps project',
  'The continuous deployment',
  'The request',
  'The repository',
  'one of {}',
  'a whole number up to {}',
  'cluster-scoped kind',
  'redirects to an address that may not be used: {}',
  'redirects more than {} times',
  'is at an address that is neither https nor http: {}',
  'is at an address with credentials',
  'is at a plain HTTP address, which anyone on the way can change',
  'helm template',
  'kustomize build',
])

/** What the sources write between the expressions of their sentences. */
const pieces = new Set(
  [...written]
    .flatMap((text) => text.split('{}'))
    .flatMap((piece) => [piece, piece.trim(), ...piece.split(sentenceEnd)])
    .filter((piece) => piece.length > 1 || letters(piece) === 0),
)
const longestPiece = Math.max(...[...pieces].map((piece) => piece.length))

/** Whether the text is put together of such pieces; a sentence that was changed in the sources is not. */
function isSaid(key: string): boolean {
  return key.split('{}').every((text) => {
    const reached = [true]
    for (let end = 1; end <= text.length; end += 1) {
      reached[end] = reached.some(
        (is, start) => is && start < end && end - start <= longestPiece && pieces.has(text.slice(start, end)),
      )
    }
    return reached[text.length]
  })
}

describe('sentences of the server', () => {
  it('are all in the table', () => {
    const missing = [...produced].flatMap(([file, texts]) =>
      [...texts]
        .filter((text) => isSentence(text) && !notSaid.has(text) && !isCovered(text) && !isTranslated(text))
        .map((text) => `${file}: ${text}`),
    )
    expect(missing, 'write their Chinese into a table beside this test').toEqual([])
    expect([...all].filter((text) => isSentence(text) && !notSaid.has(text)).length).toBeGreaterThan(350)
  })

  it('are said by the server as the table has them', () => {
    const foreign = new Set([...Object.keys(foreignSentences), ...Object.keys(words)].map(plain))
    expect(keys.filter((key) => !foreign.has(key) && !isSaid(key))).toEqual([])
  })
})

describe('a sentence in Chinese', () => {
  it.each([
    ['8 of 9 replicas are ready', '8/9 个副本已就绪'],
    ['Path "charts/a b" does not exist at revision 1a2b3c4.', '修订版本 1a2b3c4 中不存在路径“charts/a b”。'],
    [
      'fields that Git owns were changed in the cluster: spec.replicas (last written by kubectl at 2026-01-01T00:00:00Z), spec.paused and 2 more fields',
      'Git 管理的字段在集群中被修改：spec.replicas（由 kubectl 于 2026-01-01T00:00:00Z 修改）、spec.paused 以及另外 2 个字段',
    ],
    [
      'Deployment web is Degraded: Deployment "web" exceeded its progress deadline; pod web-1: back-off 40s restarting failed container=c (and 2 more)',
      'Deployment web 已降级：部署“web”未能在期限内完成；容器组 web-1：容器 c 反复异常退出，40s 后重启（另有 2 个）',
    ],
    [
      'one or more synchronization tasks completed unsuccessfully: Job a: Job has reached the specified backoff limit Retrying attempt #2 in 5 s.',
      '一个或多个同步任务未成功：Job a：任务已达到重试次数上限（5 秒后进行第 2 次重试）',
    ],
    [
      'Cannot reach the cluster at https://a: nothing listens there. Check the address and that the cluster runs.',
      '无法连接集群 https://a：该地址没有服务在监听。请检查地址，并确认集群正在运行。',
    ],
    [
      'configmap/a configured; data.b is no longer in Git; kubectl keeps it',
      'configmap/a 已更新；data.b 已不在 Git 中，由 kubectl 保留',
    ],
    [
      'Service api: Service "api" is invalid: [spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive, spec.type: Unsupported value: "x": supported values: "a", "b"]',
      'Service api：Service "api" 无效：spec.ports[0].port：值 99999 无效：必须在 1 到 65535 之间；spec.type：不支持的值 "x"，可选值："a", "b"',
    ],
  ])('%s', (english, chinese) => {
    expect(translateSentence(english)).toBe(chinese)
  })

  it('keeps what it does not know, and knows the parts', () => {
    expect(translateSentence('the disk is on fire')).toBe('the disk is on fire')
    expect(translateSentence('Deployment web: the disk is on fire')).toBe(
      'Deployment web: the disk is on fire',
    )
    expect(
      translateSentence(
        'one or more objects failed to apply (dry run): Pod a: odd; Pod b: field is immutable',
      ),
    ).toBe('一个或多个对象应用失败（试运行）：Pod a: odd；Pod b：字段不可修改')
    expect(translateSentence('')).toBe('')
    expect(translateSentence('constructor')).toBe('constructor')
  })

  it('takes hostile texts as they are, and comes to an end with long ones', () => {
    const odd = 'A: "; '.repeat(300)
    expect(translateSentence(odd)).toBe(odd)
    for (const part of [
      'a. A ',
      'x (last written by y), ',
      'one or more objects failed to apply (dry run): ',
      '; ',
    ])
      expect(translateSentence(part.repeat(1_990 / part.length))).toBeTypeOf('string')
    const endless = 'waiting for deletion of a; '.repeat(1_000)
    expect(translateSentence(endless)).toBe(endless)
    expect(translateSentence('Pod "$& {name} <b>" does not exist in the cluster.')).toBe(
      '集群中不存在 Pod“$& {name} <b>”。',
    )
  })
})
