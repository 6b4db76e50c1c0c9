import { m } from '#lib/paraglide/messages.js';
import type { VisitState } from '#lib/visits/vocabulary.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
import { wordOf } from './cases.ts';

export const visitStateWord = wordOf<VisitState>({
	waiting: m.visits_state_waiting,
	begun: m.visits_state_begun,
	closed: m.visits_state_closed
});
const looks: Record<VisitState, Look> = {
	waiting: { tone: 'warn', shape: 'clock' },
	begun: { tone: 'info', shape: 'dots' },
	closed: { tone: 'good', shape: 'check' }
};

export const visitStateLook = (state: VisitState): Look => looks[state];
