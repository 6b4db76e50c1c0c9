import { firstTab } from './first-tab.ts';

/** The form that is the next step of a case. Pages of other cases do not load its scripts. */
export async function load({ parent }) {
	const tab = firstTab((await parent()).shown);
	if (tab === 'answer') return { NextForm: (await import('./AnswerForm.svelte')).default };
	if (tab === 'direct') return { NextForm: (await import('./DirectForm.svelte')).default };
	return { NextForm: undefined };
}
