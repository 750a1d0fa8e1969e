import { Skeleton } from '@mantine/core'
import classes from './deployments-table.module.css'

/** The shape of what comes: cards, then rows. */
export function TableSkeleton() {
  return (
    <div aria-busy className="stack" style={{ gap: 20 }}>
      <Skeleton height={92} radius={10} />
      <Skeleton height={36} width={320} />
      <div>
        {Array.from({ length: 9 }, (_, index) => (
          <div key={index} className={classes['ghost']}>
            <Skeleton height={12} width={`${60 - ((index * 13) % 30)}%`} />
            <Skeleton height={12} width={84} />
            <Skeleton height={12} width={`${80 - ((index * 7) % 30)}%`} />
            <Skeleton height={12} width="60%" />
            <Skeleton height={12} width={70} />
          </div>
        ))}
      </div>
    </div>
  )
}
