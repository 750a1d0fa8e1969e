/**
 * What a person clicks in the console, one function a step, by the words that the page shows. Used by every story: on
 * the embedded cluster, on a registered one, in both languages.
 */
import { type Browser, chromium, type Page } from 'playwright-core'
import type { ConsoleWords } from './console-words.ts'

export interface ConsoleSession {
  page: Page
  url: string
  words: ConsoleWords
  /** Address of the DevOps project, without an ending slash. */
  project: string
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
}

/** A window of its own in the language of `words`, not logged in yet. */
export async function openConsole(
  browser: Browser,
  input: { url: string; words: ConsoleWords; project?: string },
): Promise<ConsoleSession> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    locale: input.words.locale,
  })
  page.setDefaultTimeout(20_000)
  const project = `${input.url}${input.project ?? '/workspaces/demo/devops/demo-project'}`
  return { page, url: input.url, words: input.words, project }
}

export async function logInToConsole(
  { page, url, words }: ConsoleSession,
  user: { name: string; password: string },
): Promise<void> {
  await page.goto(url)
  await page.getByLabel(words.userName).fill(user.name)
  await page.locator('input[type=password]').fill(user.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: words.overview }).waitFor()
}

export interface WizardInput {
  name: string
  /** Name of the imported code repository. */
  repository: string
  cluster?: string
  namespace: string
  path: string
  /** Automated sync with pruning and self-healing. */
  automated: boolean
  createNamespace?: boolean
}

/** The seed's two steps; waits for the plan before *Create*, as a person would read it. */
export async function createDeployment(session: ConsoleSession, input: WizardInput): Promise<void> {
  const { page, words, project } = session
  await page.goto(`${project}/deployments/new`)
  await page.getByRole('textbox', { name: words.name, exact: true }).fill(input.name)
  await chooseOption(page, words.repository, input.repository)
  await page.getByRole('button', { name: words.next }).click()
  if (input.cluster !== undefined) await chooseOption(page, words.cluster, input.cluster)
  await page.getByRole('combobox', { name: words.namespace, exact: true }).fill(input.namespace)
  await page.getByRole('combobox', { name: words.path, exact: true }).fill(input.path)
  await page.keyboard.press('Escape')
  await page.getByRole('radio', { name: input.automated ? words.autoSync : words.manualSync }).click()
  if (input.automated) {
    await page.getByRole('checkbox', { name: words.prune }).check()
    await page.getByRole('checkbox', { name: words.selfHeal }).check()
  }
  if (input.createNamespace === true) {
    await page.getByRole('checkbox', { name: words.autoCreateProject }).check()
  }
  await page.getByText(words.toCreate).first().waitFor()
  await page.getByRole('button', { name: words.create, exact: true }).click()
  await page.waitForURL(/\/deployments(\?.*)?$/)
}

async function chooseOption(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field, exact: true }).click()
  await page
    .getByRole('option')
    .filter({ hasText: new RegExp(`^${option}( |$)`) })
    .click()
}

/** Opens the list and waits until the row of `name` shows every one of `texts`. */
export async function untilListShows(
  { page, project }: ConsoleSession,
  name: string,
  texts: string[],
): Promise<void> {
  await page.goto(`${project}/deployments`)
  let row = page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
  for (const text of texts) row = row.filter({ has: page.getByText(text, { exact: true }) })
  await row.waitFor()
}

/** From the list to the page of one deployment, and there to one of its tabs. */
export async function openTab(session: ConsoleSession, name: string, tab: string): Promise<void> {
  const { page, project } = session
  await page.goto(`${project}/deployments`)
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('link', { name: tab, exact: true }).click()
}

/** *Settings*, *Manual Sync*, *Save*. */
export async function switchToManualSync(session: ConsoleSession, name: string): Promise<void> {
  const { page, words } = session
  await openTab(session, name, words.settings)
  await page.getByRole('radio', { name: words.manualSync }).click()
  await page.getByRole('button', { name: words.save, exact: true }).click()
  await page.getByText(words.saved, { exact: true }).waitFor()
}

/** *Timeline*, *Roll back to this* in the row of `revision`, and the dialog that shows what will happen. */
export async function rollBack(session: ConsoleSession, name: string, revision: string): Promise<void> {
  const { page, words } = session
  await openTab(session, name, words.timeline)
  const row = page.getByRole('row').filter({ hasText: revision.slice(0, 7) })
  await row.getByRole('button', { name: words.rollBackToThis }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(words.toChange).first().waitFor()
  await dialog.getByRole('button', { name: words.rollBack, exact: true }).click()
  await page.getByText(words.rollbackStarted, { exact: true }).waitFor()
}
