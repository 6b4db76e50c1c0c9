import { LAPOR_ID_FIELDS, type sandboxControl } from '#lib/dev/testing/forwarding/sandbox-control.ts';
import { signIn, submit } from '../site/client.ts';
import { UNIT } from '../site/start.ts';
import type { Api } from './api.ts';
import type { ForwardRow } from './verdict.ts';

export type SandboxControl = ReturnType<typeof sandboxControl>;

/** Signs in the administrator that `createAccount` makes and enters the office's ids at LAPOR. @returns the session's cookie */
export async function enterLaporIds(origin: string, password: string): Promise<string> {
	const cookie = await signIn(origin, 'admin', password);
	const saved = await submit(origin, `/admin/lapor/${UNIT}`, LAPOR_ID_FIELDS, cookie);
	if (saved.status !== 303) throw new Error(`the ids were not taken: ${saved.status}`);
	return cookie;
}

/** Makes the administrator's test call. If it succeeds, it ends a halt of the connection. */
export async function testConnection(origin: string, cookie: string): Promise<void> {
	try {
		const seen = await submit(origin, '/admin/lapor?/test', {}, cookie);
		await seen.body?.cancel();
	} catch {
		// The site was just killed. The next check makes the call again.
	}
}

/**
 * Does the work of a person at the desk: looks up each unknown forward at LAPOR and decides it, and sends each rejected
 * forward again. @returns how many of each
 */
export async function decideAll(api: Api, sandbox: SandboxControl, rows: readonly ForwardRow[]) {
	const counts = { found: 0, absent: 0, resent: 0 };
	for (const { id, reference, state } of rows) {
		if (state === 'unknown') {
			const [stored] = await sandbox.reports(reference);
			const decision = stored ? { outcome: 'found', lapor_id: String(stored.id) } : { outcome: 'absent' };
			const reason = 'Dicari di kotak masuk SP4N-LAPOR!';
			// 409: an automatic look-up found it meanwhile.
			const { status } = await api(`/escalations/${id}/resolution`, { ...decision, reason });
			if (status === 200) counts[stored ? 'found' : 'absent'] += 1;
		} else if (state === 'rejected') {
			const { status } = await api(`/escalations/${id}/resend`, { reason: 'Judul diperjelas.' });
			if (status === 201) counts.resent += 1;
		}
	}
	return counts;
}
