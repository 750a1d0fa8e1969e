/**
 * By hand: a steady application of 1,000 objects on etcd and kube-apiserver, left alone for five real minutes; prints every
 * request for an object that the product made meanwhile (there should be none).
 *
 *     npx tsx test/steady/five-minutes.ts
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { startReal } from '../kubernetes/drift/servers.ts'
import { startProductWith } from './product-under-test.ts'

const cluster = await startReal()
const product = await startProductWith(cluster.config, 250)
try {
  const requests = await product.requestsDuring(() => sleep(300_000))
  console.log(`requests for objects in five minutes: ${JSON.stringify(requests)}`)
} finally {
  await product.stop()
  await cluster.close()
}
