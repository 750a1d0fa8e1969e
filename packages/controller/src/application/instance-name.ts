/** The Application that an instance name of a tracking id stands for: `name`, or `namespace_name` outside the control namespace. */
export function parseInstanceName(
  instance: string,
  controlNamespace: string,
): { namespace: string; name: string } {
  const at = instance.indexOf('_')
  if (at < 0) return { namespace: controlNamespace, name: instance }
  return { namespace: instance.slice(0, at), name: instance.slice(at + 1) }
}
