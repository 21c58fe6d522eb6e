// Steps in the taxonomy editor.

import type { Locator, Page } from 'playwright-core'

/** The row of a taxon in the tree. */
export const rowOf = (page: Page, name: string): Locator =>
  page.getByRole('treeitem').filter({ has: page.getByText(name, { exact: true }) })

/** Opens the import of a taxonomy and chooses a file. */
export async function chooseTaxonomy(page: Page, file: string): Promise<Locator> {
  await page.goto('/taxa')
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import a taxonomy…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import a taxonomy' })
  await dialog.getByLabel('File').setInputFiles(file)
  await dialog.locator('.import-taxa-row').first().waitFor({ timeout: 120_000 })
  return dialog
}
