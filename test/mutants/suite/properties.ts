/** The properties every run is held to. */
import type { Property } from '../../../src/testing/property.ts'

export const properties: readonly Property[] = []
