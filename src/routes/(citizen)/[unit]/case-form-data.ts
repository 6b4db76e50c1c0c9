import type { caseFormPage } from '#lib/server/web/forms/case-form.ts';

/** Data of every report form. */
export type CaseFormData = Awaited<ReturnType<typeof caseFormPage>> & {
	lang: 'id' | 'en';
	unit: { name: string; slug: string };
};
