import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A wire to a server that can be cut. */
export interface Relay {
  port: number
  /** Ends all connections and takes no more. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function startRelay(targetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>()
  let broken = false
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A wire that is cut is what this is for.
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((socket) => {
    keep(socket)
    if (broken) {
      socket.destroy()
      return
    }
    const target = connect(targetPort, '127.0.0.1')
    keep(target)
    socket.pipe(target).pipe(socket)
    socket.on('close', () => target.destroy())
    target.on('close', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      broken = true
      endAll()
    },
    mend() {
      broken = false
    },
    close() {
      endAll()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
