/** Who may import whom (ARCHITECTURE.md, "Rooms"). Everything that is not named here is refused. */
const rooms = {
  api: [],
  apimachinery: [],
  engine: ['api', 'apimachinery'],
  kube: ['api', 'apimachinery'],
  source: ['api', 'apimachinery'],
  apiserver: ['api', 'apimachinery'],
  planner: ['api', 'apimachinery', 'engine', 'kube', 'source'],
  controller: ['api', 'apimachinery', 'engine', 'kube', 'source', 'planner'],
  http: ['api', 'apimachinery', 'engine', 'kube', 'source', 'planner'],
  testkit: ['api', 'apimachinery', 'kube', 'source', 'apiserver'],
}

const apps = {
  server: ['api', 'apimachinery', 'engine', 'kube', 'source', 'planner', 'controller', 'http', 'apiserver'],
  cli: ['api', 'apimachinery', 'engine', 'kube', 'source', 'planner'],
}

const test = '(\\.test\\.tsx?$|/testing/)'

function rule(folder, name, allowed) {
  const others = Object.keys(rooms).filter((room) => room !== name && !allowed.includes(room))
  return {
    name: `${name}-imports-only-its-own`,
    comment: `${name} may import only: ${allowed.join(', ') || 'no other room'}`,
    severity: 'error',
    from: { path: `^${folder}/${name}/src`, pathNot: test },
    to: { path: `^packages/(${others.join('|')})/` },
  }
}

export default {
  forbidden: [
    ...Object.entries(rooms).map(([name, allowed]) => rule('packages', name, allowed)),
    ...Object.entries(apps).map(([name, allowed]) => rule('apps', name, allowed)),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'packages-do-not-import-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'pure-rooms-have-no-node',
      severity: 'error',
      from: { path: '^packages/(api|apimachinery|engine)/src', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'testkit-only-in-tests',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: `${test}|^packages/testkit/` },
      to: { path: '^packages/testkit/' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/testdata/|apps/console/dev/)' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
}
