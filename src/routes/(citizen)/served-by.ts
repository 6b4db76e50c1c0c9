import type { FilledIn } from './filled-in.ts';

interface Form<Officer> {
	atDesk: { id: string } | undefined;
	officers: readonly Officer[];
}

/**
 * The officer the form is about without asking: who is on duty at the desk, or, where the form came back, who was when it
 * was opened. Undefined where the person chooses.
 */
export function servedBy<Officer extends { id: string }>(
	{ atDesk, officers }: Form<Officer>,
	filled: FilledIn
): Officer | undefined {
	if (!atDesk) return undefined;
	const id = filled.text('officer') ?? atDesk.id;
	return officers.find((officer) => officer.id === id);
}
