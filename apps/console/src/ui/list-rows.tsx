import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './list-rows.module.css'

/** A simple table for short lists; heads and cells line up by the same columns. */
export function ListTable({
  label,
  heads,
  children,
}: {
  label: string
  heads: string[]
  children: ReactNode
}) {
  return (
    <div className={classes['box']}>
      <table className={classes['table']} aria-label={label}>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={head === '' ? index : head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

export function ListSkeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div className={classes['box']} aria-busy>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes['ghost']}>
          <Skeleton height={12} width={`${50 - ((index * 17) % 25)}%`} />
          <Skeleton height={12} width="50%" />
          <Skeleton height={12} width="70%" />
        </div>
      ))}
    </div>
  )
}

/** Name over its second line. */
export function NameAnd({ name, second }: { name: ReactNode; second: string }) {
  return (
    <div className={classes['two']}>
      <bdi className={classes['name']}>{name}</bdi>
      {second === '' ? null : (
        <bdi className={classes['second']} title={second}>
          {second}
        </bdi>
      )}
    </div>
  )
}
