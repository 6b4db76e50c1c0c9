import type { caseFormPage } from '#lib/server/web/case-form.ts';

/** What every form of a report is drawn from. */
export type CaseFormData = Awaited<ReturnType<typeof caseFormPage>> & {
	lang: 'id' | 'en';
	unit: { name: string; slug: string };
};
