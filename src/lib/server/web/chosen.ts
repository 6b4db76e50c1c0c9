import type { ReadForm } from '#lib/server/web/form.ts';

type Typed = ReadForm['typed'];
const text = (typed: Typed, name: string): string => [typed[name] ?? ''].flat()[0] ?? '';

/**
 * What a box that searches was given: the number of the choice, as long as the text beside it is the one it was chosen
 * for; else the text.
 */
export function chosenOrTyped(typed: Typed, name: string): string {
	const given = text(typed, name).trim();
	const chosen = text(typed, `${name}_id`);
	return /^\d+$/.test(chosen) && text(typed, `${name}_of`).trim() === given ? chosen : given;
}
