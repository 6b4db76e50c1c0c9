import type { FilledIn } from './filled-in.ts';

interface Form<Officer> {
	atDesk: { id: string } | undefined;
	officers: readonly Officer[];
}

/**
 * Returns the officer on duty at the desk, or, if the form came back, the officer who was on duty when it was opened.
 * Undefined if the visitor chooses.
 */
export function servedBy<Officer extends { id: string }>(
	{ atDesk, officers }: Form<Officer>,
	filled: FilledIn
): Officer | undefined {
	if (!atDesk) return undefined;
	const id = filled.text('officer') ?? atDesk.id;
	return officers.find((officer) => officer.id === id);
}
