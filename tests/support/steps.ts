import type { Page } from 'playwright-core';
import { at } from './browser.ts';

// What people do again and again in the windows of a journey. Each step resolves when its screen stands.

/** The patient of many journeys, as a clinic registers him. */
export const wang = { name: '王建国', id: '330399195003120014', sex: 'male', birthDate: '1950-03-12' } as const;
/** The same man as a modality writes him into its images. */
export const wangInDicom = { name: 'Wang^Jianguo=王^建国', id: wang.id, birthDate: '19500312', sex: 'M' } as const;

/** The desk comes on duty: alarms ring in its window. */
export async function goOnDuty(desk: Page): Promise<void> {
  await at(desk, 'start-duty').click();
  await at(desk, 'end-duty').waitFor();
}

/** From the clinic's first page to the page of a new patient; `id` is the identity number. */
export async function registerPatient(clinic: Page, patient: { name: string; id?: string }): Promise<void> {
  await at(clinic, 'patient-name').fill(patient.name);
  if (patient.id !== undefined) await at(clinic, 'patient-identity-number').fill(patient.id);
  await at(clinic, 'register-patient').click();
  await at(clinic, 'patient-page').waitFor();
}

/** The clinic presses the emergency key and stands in the new case. */
export async function pressEmergencyKey(clinic: Page): Promise<void> {
  await at(clinic, 'chest-pain-button').click();
  await at(clinic, 'case-page').waitFor();
}

/** The clinic presses the emergency key, the desk on duty accepts, and both stand in the case. */
export async function meetInCase(clinic: Page, desk: Page): Promise<void> {
  await pressEmergencyKey(clinic);
  await at(desk, 'accept-alarm').click();
  await at(desk, 'case-page').waitFor();
}

/** The images of the case that this window stands in. */
export async function openImagingTab(page: Page): Promise<void> {
  await page.getByRole('tab', { name: /影像/ }).click();
}

/** The clinic asks for a reading of the ECG that it looks at. */
export async function askForReading(clinic: Page): Promise<void> {
  await at(clinic, 'ask-reading').click();
  await at(clinic, 'confirm-ask-reading').click();
  await clinic.locator('[data-testid="asked-reading"][data-stage="unread"]').waitFor();
}

/** A reader opens the queue and its first row. */
export async function openFirstReading(reader: Page): Promise<void> {
  await at(reader, 'go-readings').click();
  await at(reader, 'reading-row').first().click();
}
