import { m } from '#lib/paraglide/messages.js';
import type { Said } from '#lib/server/cases/view.ts';

/** From which side of the counter something was said; notes are said by nobody to anybody outside. */
export function voice(said: Pick<Said, 'author' | 'public'>): 'reporter' | 'office' | 'note' {
	if (!said.public) return 'note';
	return said.author === 'reporter' ? 'reporter' : 'office';
}

export function speaker(said: Pick<Said, 'author' | 'name'>): string {
	if (said.author === 'reporter') return said.name ? m.record_party({ name: said.name }) : m.party_reporter();
	if (said.author === 'lapor') return m.party_lapor();
	return said.name ?? m.party_office();
}
