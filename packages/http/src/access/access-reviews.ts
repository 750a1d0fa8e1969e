import type { KubeClient } from '@driftless/kube'
import { LRUCache } from 'lru-cache'
import type { Person } from '../auth/person.ts'
import { accessResources, type AccessResource } from './resources.ts'

/** Longest time that a right which was taken away still counts. */
const cacheMs = 8_000

export interface Question {
  verb: string
  resource: AccessResource
  /** Absent: cluster-wide. */
  namespace?: string
  name?: string
}

/** Asks the Kubernetes API whether a person may do something. An error is an error, never a yes. */
export interface AccessReviews {
  may(person: Pick<Person, 'user' | 'groups'>, question: Question): Promise<boolean>
}

export function createAccessReviews(control: KubeClient): AccessReviews {
  const answers = new LRUCache<string, Promise<boolean>>({ max: 50_000, ttl: cacheMs })

  const ask = async (person: Pick<Person, 'user' | 'groups'>, question: Question): Promise<boolean> => {
    const { namespace, name } = question
    const answer = await control.subjectAccessReview({
      user: person.user,
      groups: person.groups,
      verb: question.verb,
      ...accessResources[question.resource],
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    })
    return answer.allowed
  }

  return {
    may(person, question) {
      const { verb, resource, namespace, name } = question
      const key = JSON.stringify([person.user, person.groups, verb, resource, namespace, name])
      const known = answers.get(key)
      if (known !== undefined) return known
      const asking = ask(person, question)
      answers.set(key, asking)
      asking.catch(() => answers.delete(key))
      return asking
    },
  }
}
