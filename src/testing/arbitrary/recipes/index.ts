/** All recipes: what makes values valid that their schema alone would not. */
import type { Recipes } from '../recipe.ts'
import { accessRecipes } from './access.ts'
import { extensionRecipes } from './extension.ts'
import { otherRecipes } from './others.ts'
import { podRecipes } from './pods.ts'
import { serviceRecipes } from './services.ts'
import { storageRecipes } from './storage.ts'
import { workloadRecipes } from './workloads.ts'

const all: readonly Recipes[] = [
  podRecipes,
  workloadRecipes,
  serviceRecipes,
  storageRecipes,
  accessRecipes,
  extensionRecipes,
  otherRecipes,
]

export const recipes: Recipes = (tie) => Object.assign({}, ...all.map((some) => some(tie)))
