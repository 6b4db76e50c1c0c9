import { openIn, unfilledIn, type Placeholder, type TemplateUse } from '#lib/cases/placeholders.ts';
import { deskCase } from '#lib/server/cases/view.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { templatesOfCase } from './case-templates.ts';
import type { FormAnswer } from '../http/answers.ts';

/** The field whose text the reporter reads, and the kind of templates for it. */
export interface Words {
	field: 'body' | 'note';
	use: TemplateUse;
}

/** The parts of a sent form that are needed here. */
interface Sent {
	actor: Actor;
	reference: string;
	data: Record<string, unknown>;
	files: readonly unknown[];
}

/** The form with the template filled in. */
export interface FilledForm extends FormAnswer {
	template: {
		/** Placeholders without a value. */
		empty: Placeholder[];
		/** Files had been chosen and must be chosen again. */
		filesAgain: boolean;
	};
}

/**
 * "Pakai contoh" without scripts: the form comes back with everything typed, and the template's text is appended to its
 * field.
 */
export async function useTemplate(given: Sent, typed: FormAnswer['typed'], words: Words): Promise<FilledForm> {
	const shown = await deskCase(given.actor, given.reference);
	const templates = await templatesOfCase(given.actor, shown);
	const chosen = templates.find(({ id, use }) => use === words.use && id === given.data.template);
	if (!chosen) throw new Invalid([{ path: 'template', code: 'template_choose' }]);
	const before = [typed[words.field] ?? ''].flat()[0]?.trimEnd();
	const filled = { ...typed, [words.field]: before ? `${before}\n\n${chosen.text}` : chosen.text };
	return {
		issues: [],
		typed: filled,
		template: { empty: chosen.empty, filesAgain: given.files.length > 0 }
	};
}

/**
 * Refuses unfilled placeholders such as `{batas_waktu}` and headings without text. In a question, the reporter may fill in
 * headings.
 *
 * @throws Invalid `placeholder_open`
 */
export function requireFilled(data: Sent['data'], { field, use }: Words): void {
	const text = data[field];
	if (typeof text !== 'string') return;
	const open = use === 'question' ? openIn(text).map((name) => `{${name}}`) : unfilledIn(text);
	if (open.length === 0) return;
	const params = { names: open.join(', ') };
	throw new Invalid([{ path: field, code: 'placeholder_open', params }]);
}
