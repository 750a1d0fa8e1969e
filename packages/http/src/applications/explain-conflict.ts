import { AppError, isAppError } from '@driftless/api'

/** Runs a write and puts refusals for what exists or has changed into words that help. */
export async function explainConflict<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (isAppError(error, 'AlreadyExists')) {
      throw new AppError('AlreadyExists', `The ${what} exists already.`, {
        cause: error,
        fields: [{ field: 'metadata.name', message: 'is taken' }],
        remedy: 'Choose another name.',
      })
    }
    if (isAppError(error, 'Conflict')) {
      throw new AppError('Conflict', `Someone else changed the ${what} in the meantime.`, {
        cause: error,
        remedy: 'Load it again and repeat your change.',
      })
    }
    throw error
  }
}
