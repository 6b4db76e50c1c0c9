import type { Placeholder } from '#lib/cases/placeholders.ts';
import type { FilledForm } from '#lib/server/web/forms/case-templates.ts';

/** What a form that came back with a template in it says of that; undefined for every other answer. */
export function templateUsed(form: unknown): FilledForm['template'] | undefined {
	const filled = typeof form === 'object' && form !== null && 'template' in form;
	return filled ? (form as FilledForm).template : undefined;
}

/** `{layanan}, {batas_waktu}`: as they stand in the text. */
export const openPlaceholders = (names: readonly Placeholder[]): string => names.map((name) => `{${name}}`).join(', ');
