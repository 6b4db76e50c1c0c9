import type { Api } from './calls.ts';
import type { ForwardRow } from './rows.ts';
import type { SandboxControl } from './sandbox.ts';

export interface Decisions {
	found: number;
	absent: number;
	resent: number;
}

/**
 * Does for each row what the desk asks of a person: an unknown one is searched for at LAPOR and decided by what is
 * there, one that was sent back is sent anew.
 */
export async function decideAll(api: Api, sandbox: SandboxControl, rows: readonly ForwardRow[]): Promise<Decisions> {
	const made: Decisions = { found: 0, absent: 0, resent: 0 };
	for (const { id, reference, state } of rows) {
		if (state === 'unknown') {
			const [there] = await sandbox.reports(reference);
			const decision = there ? { outcome: 'found', lapor_id: String(there.id) } : { outcome: 'absent' };
			const reason = 'Dicari di kotak masuk SP4N-LAPOR!';
			// 409: a look-up has found it meanwhile.
			const { status } = await api.call(`/escalations/${id}/resolution`, { ...decision, reason });
			if (status === 200) made[there ? 'found' : 'absent'] += 1;
		} else if (state === 'rejected') {
			const { status } = await api.call(`/escalations/${id}/resend`, { reason: 'Judul diperjelas.' });
			if (status === 201) made.resent += 1;
		}
	}
	return made;
}
