import type { ReadForm } from '../http/form.ts';

type Typed = ReadForm['typed'];
const text = (typed: Typed, name: string): string => [typed[name] ?? ''].flat()[0] ?? '';

/**
 * Value of a search box: the id of the chosen entry if the text still is that of the entry, else the text.
 */
export function chosenOrTyped(typed: Typed, name: string): string {
	const given = text(typed, name).trim();
	const chosen = text(typed, `${name}_id`);
	return /^\d+$/.test(chosen) && text(typed, `${name}_of`).trim() === given ? chosen : given;
}
