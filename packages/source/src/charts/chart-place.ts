import { isIP } from 'node:net'
import { AppError } from '@driftless/api'
import type { RepositoryAccess } from '../contract.ts'

/** Where a chart is: in a Helm repository with an index, or in an OCI registry. */
export type ChartPlace =
  | { kind: 'http' /** Without a slash at the end. */; base: string }
  | {
      kind: 'oci' /** Scheme, host and port. */
      origin: string /** Repository name in the registry. */
      name: string
    }

const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/
const chartName = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/

/**
 * Takes the address of a chart repository apart. In a registry an empty chart means what is at the address itself: an
 * artifact of manifests. @throws AppError `Invalid` that names the field.
 */
export function chartPlace(access: RepositoryAccess, chart: string): ChartPlace {
  const isArtifact = chart === '' && isOci(access)
  if (!isArtifact && !isChartName(chart))
    throw refused('spec.source.chart', `"${chart.slice(0, 100)}" is not the name of a chart.`)
  const text = access.url.trim()
  if (isOci(access)) return ociPlace(access, text.replace(/^oci:\/\//i, ''), chart)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refused(
      'url',
      `"${text.slice(0, 200)}" is not the address of a chart repository.`,
      'Use https://host/path for a Helm repository, or oci://host/path for a registry.',
    )
  }
  checkParts(url)
  return { kind: 'http', base: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
}

function isChartName(chart: string): boolean {
  return chartName.test(chart) && !chart.split('/').includes('..') && !chart.includes('//')
}

/** Whether charts at this address are in an OCI registry. */
export function isOci(access: RepositoryAccess): boolean {
  const text = access.url.trim()
  return /^oci:\/\//i.test(text) || (access.enableOci === true && !text.includes('://'))
}

function ociPlace(access: RepositoryAccess, rest: string, chart: string): ChartPlace {
  const scheme = access.plainHttp === true ? 'http' : 'https'
  const text = `${scheme}://${rest}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw refused('url', `"${access.url}" is not the address of a registry.`)
  checkParts(url)
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  const name = [path, chart].filter((part) => part !== '').join('/')
  if (name === '') throw refused('url', `"${access.url}" names a registry, but nothing in it.`)
  return { kind: 'oci', origin: url.origin, name }
}

function checkParts(url: URL): void {
  if (url.username !== '' || url.password !== '') {
    throw refused('url', 'The address of the chart repository carries credentials.', 'Give them as a Secret.')
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.search !== '' || url.hash !== '' || (!hostName.test(host) && isIP(host) === 0))
    throw refused('url', 'The address of the chart repository is not valid.')
}

function refused(field: string, message: string, remedy?: string): AppError {
  return new AppError('Invalid', message, {
    fields: [{ field, message }],
    ...(remedy === undefined ? {} : { remedy }),
  })
}
