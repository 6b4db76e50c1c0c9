import type { CaseStatus, EscalationState } from '#lib/cases/vocabulary.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
import type { DraftState } from './cases.ts';

const statuses: Record<CaseStatus, Look> = {
	received: { tone: 'info', shape: 'ring' },
	verified: { tone: 'info', shape: 'dot' },
	in_progress: { tone: 'info', shape: 'dots' },
	needs_info: { tone: 'warn', shape: 'question' },
	answered: { tone: 'good', shape: 'reply' },
	closed: { tone: 'good', shape: 'check' },
	archived: { tone: 'neutral', shape: 'box' }
};
const escalations: Record<EscalationState, Look> = {
	waiting: { tone: 'neutral', shape: 'clock' },
	sending: { tone: 'info', shape: 'turn' },
	sent: { tone: 'good', shape: 'arrow' },
	unknown: { tone: 'warn', shape: 'question' },
	rejected: { tone: 'warn', shape: 'reply' },
	stuck: { tone: 'danger', shape: 'stop' },
	closed: { tone: 'neutral', shape: 'check' }
};

export const statusLook = (status: CaseStatus): Look => statuses[status];
/** The look of `caseStateWord`. */
export const caseStateLook = ({ status, draft }: { status: CaseStatus; draft: DraftState | null | undefined }): Look =>
	draft ? { tone: 'warn', shape: draft === 'pending' ? 'clock' : 'reply' } : statusLook(status);
export const escalationLook = (state: EscalationState): Look => escalations[state];
