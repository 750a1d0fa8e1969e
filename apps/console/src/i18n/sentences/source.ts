/** Said about repositories, charts and registries by `source`. */
export const sourceSentences: Record<string, string> = {
  'The repository URL is empty.': '代码仓库地址为空。',
  'The repository URL has characters that no URL has.': '代码仓库地址包含无效字符。',
  'The repository URL is plain HTTP, which anyone on the way can change.':
    '代码仓库地址使用 HTTP 明文，传输内容可能被篡改。',
  'Use https, or set insecure for this repository.': '请使用 https，或为此仓库开启“允许不安全的连接”。',
  'The repository URL has no valid host name.': '代码仓库地址中没有有效的主机名。',
  'The repository URL names a host, but no repository on it.': '代码仓库地址只有主机名，没有仓库路径。',
  'The repository URL has a query or a fragment.': '代码仓库地址不能包含查询参数或片段。',
  'The repository URL carries credentials.': '代码仓库地址中包含凭证。',
  'Remove them from the URL and give them as credentials.': '请从地址中移除，并填写到凭证中。',
  'The user in the repository URL is not valid.': '代码仓库地址中的用户名无效。',
  'The repository URL is not one that can be used.': '代码仓库地址不可用。',
  'Use https://host/path, ssh://git@host/path or git@host:path.':
    '请使用 https://host/path、ssh://git@host/path 或 git@host:path。',
  'The repository URL leads to an address of this machine ({address}), which is not permitted.':
    '代码仓库地址指向服务器本机（{address}），不被允许。',
  'Use an address that other machines can reach too.': '请使用其他机器也能访问的地址。',
  'The host {host} of the repository URL was not found.': '找不到代码仓库地址中的主机 {host}。',
  'Check the spelling of the URL and that this machine can look up the name.':
    '请检查地址拼写，并确认服务器能够解析该主机名。',
  'The credentials were refused by {url}.': '{url} 拒绝了凭证。',
  'Check user name and password or token, and that the account may read the repository.':
    '请检查用户名和密码或令牌，并确认该账户有读取仓库的权限。',
  '{url} asks for credentials, and none are given.': '{url} 需要凭证，但未提供。',
  'Give a user name and a password or token, or check that the URL names an existing public repository.':
    '请填写用户名和密码或令牌，或确认该地址是已存在的公开仓库。',
  'The credentials may not read {url}.': '凭证没有读取 {url} 的权限。',
  'The SSH host key of {url} is not known.': '{url} 的 SSH 主机密钥未知。',
  'Give the known_hosts lines of the host with the credentials (ssh-keyscan prints them).':
    '请在凭证中填写该主机的 known_hosts 内容（可用 ssh-keyscan 获取）。',
  'No repository was found at {url}.': '在 {url} 没有找到代码仓库。',
  'Check the URL; private repositories also look absent without credentials.':
    '请检查地址；未提供凭证时，私有仓库同样显示为不存在。',
  'The TLS certificate of {url} is not trusted.': '{url} 的 TLS 证书不受信任。',
  'Give the certificate of its authority, or set insecure for this repository.':
    '请提供其 CA 证书，或为此仓库开启“允许不安全的连接”。',
  'The host of {url} was not found.': '找不到 {url} 的主机。',
  'Check the spelling of the URL.': '请检查地址拼写。',
  'The repository server at {url} cannot be reached.': '无法连接代码仓库服务器 {url}。',
  'Check the URL and the network; it is tried again by itself.': '请检查地址和网络，系统会自动重试。',
  '{url} redirects to another address.': '{url} 被重定向到其他地址。',
  'Use the address that it redirects to.': '请使用重定向后的地址。',
  'The transport of {url} is not permitted.': '不允许使用 {url} 的传输协议。',
  'Use https or ssh.': '请使用 https 或 ssh。',
  'Git could not read {url}: {why*}': 'Git 无法读取 {url}：{why}',
  'it ended without a word.': '没有输出任何信息。',
  'it ended without a word': '没有输出任何信息',
  'The program git was not found on this machine.': '服务器上没有找到 git。',
  'Install git 2.32 or newer from your system, or give its path in the settings.':
    '请安装 git 2.32 或更高版本，或在设置中指定其路径。',
  'The repository was closed.': '仓库已关闭。',
  'Git stopped reading objects.': 'Git 停止读取对象。',
  // Revisions and files.
  '"{revision}" cannot be a revision.': '“{revision}”不是有效的修订版本。',
  'Give a branch, a tag, a commit, a version range over tags, or HEAD.':
    '请填写分支、标签、提交、标签的版本范围或 HEAD。',
  'The repository {url} has no commits yet.': '代码仓库 {url} 还没有提交。',
  'Push a first commit.': '请先推送第一个提交。',
  'Revision "{revision}" was not found in {url}.': '在 {url} 中没有找到修订版本“{revision}”。',
  'Did you mean {names+}?': '您是否想要 {names}？',
  'Give a branch, a tag or a commit that has been pushed.': '请填写已推送的分支、标签或提交。',
  '"{revision}" is not a whole commit id.': '“{revision}”不是完整的提交 ID。',
  'Commit {commit} was not found in {url}.': '在 {url} 中没有找到提交 {commit}。',
  'Check that the commit has been pushed and is reachable from a branch or tag.':
    '请确认该提交已推送，并且可以从某个分支或标签到达。',
  'Commit {commit} cannot be read: {why*}': '无法读取提交 {commit}：{why}',
  'The repository cannot be read: {why*}': '无法读取代码仓库：{why}',
  'A folder for the repository could not be made: {why*}': '无法为代码仓库创建目录：{why}',
  'This server has no repository "{name}" of its own.': '此服务器没有内置仓库“{name}”。',
  'Check the URL; push to it to create it, where pushing is permitted.':
    '请检查地址；如允许推送，推送后会自动创建。',
  'Folder {path} of the repository is missing or too large.': '仓库中的目录 {path} 缺失或过大。',
  'The content of {path} is missing in the repository.': '仓库中缺少 {path} 的内容。',
  'The content of {path} is missing.': '缺少 {path} 的内容。',
  'Path "{path}" does not exist at revision {revision}.': '修订版本 {revision} 中不存在路径“{path}”。',
  'The repository has no folders at this revision.': '此修订版本中，仓库没有任何目录。',
  '{path} has no folders at this revision.': '此修订版本中，{path} 没有任何子目录。',
  'The repository has {names+}.': '仓库包含 {names}。',
  '{path} leads out of the repository, which is not permitted.': '{path} 指向仓库之外，不被允许。',
  'Replace the link or the path by one that stays inside the repository.': '请改用指向仓库内部的链接或路径。',
  '{path} follows more than {count} symbolic links.': '{path} 经过的符号链接超过 {count} 个。',
  '{path} is larger than {size} MiB, the most that is read from one place.':
    '{path} 超过 {size} MiB 的读取上限。',
  '{path} is too large.': '{path} 过大。',
  'Exclude the file or move it out of the folder of manifests.': '请排除该文件，或将其移出清单目录。',
  '{program+} took longer than {seconds} s and was stopped.': '{program} 运行超过 {seconds} 秒，已停止。',
  '{program+} printed more than {size} MiB and was stopped.': '{program} 输出超过 {size} MiB，已停止。',
  'The source is a chart of a repository; local files cannot take its place.':
    '来源是仓库中的 Chart，不能用本地文件代替。',
  '"{path}" cannot be the path of a file.': '“{path}”不是有效的文件路径。',
  'No source of the application has the ref "{name}".': '应用没有引用名为“{name}”的来源。',
  'Add a source with ref: {name}.': '请添加 ref 为 {name} 的来源。',
  'There is ${names+}.': '现有 ${names}。',
  // Charts and registries.
  '"{name}" is not the name of a chart.': '“{name}”不是 Chart 的名称。',
  '"{url}" is not the address of a chart repository.': '“{url}”不是 Chart 仓库的地址。',
  'Use https://host/path for a Helm repository, or oci://host/path for a registry.':
    'Helm 仓库请使用 https://host/path，镜像仓库请使用 oci://host/path。',
  '"{url}" is not the address of a registry.': '“{url}”不是镜像仓库的地址。',
  '"{url}" names a registry, but nothing in it.': '“{url}”只有镜像仓库地址，没有制品路径。',
  'The address of the chart repository carries credentials.': 'Chart 仓库地址中包含凭证。',
  'Give them as a Secret.': '请通过保密字典提供。',
  'The address of the chart repository is not valid.': 'Chart 仓库地址无效。',
  '{url} is not the address of an artifact.': '{url} 不是制品的地址。',
  'The archive holds no Chart.yaml.': '压缩包中没有 Chart.yaml。',
  'Chart {name} {version} of {url} is not what the index says: its digest is {digest}, not {indexed}.':
    '{url} 的 Chart {name} {version} 与索引不符：摘要为 {digest}，应为 {indexed}。',
  'The index of {url} names an address that cannot be used.': '{url} 的索引中包含无法使用的地址。',
  'The chart repository {url} has no chart "{name}".': 'Chart 仓库 {url} 中没有“{name}”。',
  'Chart "{name}" of {url} has no version {version*}.': '{url} 的 Chart“{name}”没有版本 {version}。',
  'that is not a prerelease': '（正式版）',
  'Check the name of the chart.': '请检查 Chart 的名称。',
  'Near are {names+}.': '相近的有 {names}。',
  'The index of the chart repository {url} is not valid YAML, line {line}: {why*}.':
    'Chart 仓库 {url} 的索引不是有效的 YAML，第 {line} 行：{why}。',
  '{name} {version} holds no Helm chart and no archive of manifests.':
    '{name} {version} 中既没有 Helm Chart，也没有清单压缩包。',
  'The token server of {url} gave no token.': '{url} 的令牌服务器没有返回令牌。',
  'The registry answered something that is not JSON.': '镜像仓库返回的不是 JSON。',
  '{what*} is not what its digest says: {asked} was asked for, {came} came.':
    '{what} 与摘要不符：应为 {asked}，实际为 {came}。',
  'The archive cannot be unpacked: it is damaged, or much larger than it should be.':
    '无法解压压缩包：已损坏，或远大于预期。',
  'The archive cannot be used: {why*}.': '压缩包不可用：{why}。',
  'it ends in the middle of a file': '文件不完整',
  '{path} is a link or a device': '{path} 是链接或设备',
  '{path} is in it twice': '{path} 重复出现',
  'it holds more than one render may read': '内容超过单次渲染的上限',
  'a header of it is damaged': '文件头已损坏',
  'a file of it is too large': '包含过大的文件',
  '"{path}" leads out of it': '“{path}”指向压缩包之外',
  '{what*} redirects to an address that may not be used: {url}.': '{what}被重定向到不允许使用的地址：{url}。',
  '{what*} redirects more than {count} times.': '{what}重定向超过 {count} 次。',
  '{what*} is at an address that is neither https nor http: {url}.':
    '{what}的地址既不是 https 也不是 http：{url}。',
  '{what*} is at an address with credentials.': '{what}的地址中包含凭证。',
  '{what*} is at a plain HTTP address, which anyone on the way can change.':
    '{what}使用 HTTP 明文，传输内容可能被篡改。',
  '{what*} is larger than {size} MiB.': '{what}超过 {size} MiB。',
  'is too large': '过大',
  '{what*} is at an address of this machine ({host}), which is not permitted.':
    '{what}的地址指向服务器本机（{host}），不被允许。',
  '{what*} needs the network, and {why*}.': '{what}需要访问网络，但{why}。',
  '{host} did not answer in time': '{host} 未在规定时间内响应',
  'the host {host} was not found': '找不到主机 {host}',
  '{host} cannot be reached ({why+})': '无法连接 {host}（{why}）',
  'Check the address and the network of this machine; it is tried again by itself.':
    '请检查地址和服务器网络，系统会自动重试。',
  'The credentials were refused: {what*} cannot be read (HTTP {status}).':
    '凭证被拒绝：无法读取{what}（HTTP {status}）。',
  '{what*} asks for credentials, and none are given (HTTP {status}).':
    '{what}需要凭证，但未提供（HTTP {status}）。',
  '{what*} was not found at {url}.': '在 {url} 没有找到{what}。',
  '{what*} cannot be read: the server answered HTTP {status}.':
    '无法读取{what}：服务器返回了 HTTP {status}。',
  'Give a user name and a password or token that may read it.': '请填写有读取权限的用户名和密码或令牌。',
  'Check the address, the name of the chart and its version.': '请检查地址以及 Chart 的名称和版本。',
  'The list of versions of {name}': ' {name} 的版本列表',
  'The archive of {name}': ' {name} 的压缩包',
  'The token server of {url}': ' {url} 的令牌服务器',
  'Chart {name} {version} of {url}': ' {url} 的 Chart {name} {version}',
  'The index of the chart repository {url}': ' Chart 仓库 {url} 的索引',
}
