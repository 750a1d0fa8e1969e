/** One version for all parts. */
export const version = '0.1.0'
