import type { ReadForm } from '../http/form.ts';

type Typed = ReadForm['typed'];

/** The text of a field as it was typed; of a field sent several times the first. */
export const typedText = (typed: Typed, name: string): string => [typed[name] ?? ''].flat()[0] ?? '';

/**
 * Value of a search box: the id of the chosen entry if the text still is that of the entry, else the text.
 */
export function chosenOrTyped(typed: Typed, name: string): string {
	const given = typedText(typed, name).trim();
	const chosen = typedText(typed, `${name}_id`);
	return /^\d+$/.test(chosen) && typedText(typed, `${name}_of`).trim() === given ? chosen : given;
}
