import { stringify } from 'yaml'

/** A rule as data, for people to read. */
export const asYaml = (value: unknown): string => stringify(value)
