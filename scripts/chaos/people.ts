import { LAPOR_ID_FIELDS, type sandboxControl } from '#lib/dev/testing/sandbox-control.ts';
import { signIn, submit } from '../site/client.ts';
import type { Api } from './api.ts';
import type { ForwardRow } from './verdict.ts';

export type SandboxControl = ReturnType<typeof sandboxControl>;

/** Signs in the administrator that `createAccount` makes and enters the office's ids at LAPOR. @returns the session's cookie */
export async function enterLaporIds(origin: string, unit: string, password: string): Promise<string> {
	const cookie = await signIn(origin, 'admin', password);
	const saved = await submit(origin, `/admin/lapor/${unit}`, LAPOR_ID_FIELDS, cookie);
	if (saved.status !== 303) throw new Error(`the ids were not taken: ${saved.status}`);
	return cookie;
}

/** Presses the administrator's test call. Its success ends a halt; it may fail. */
export async function testConnection(origin: string, cookie: string): Promise<void> {
	try {
		const seen = await submit(origin, '/admin/lapor?/test', {}, cookie);
		await seen.body?.cancel();
	} catch {
		// The site was just killed: the next look presses again.
	}
}

/**
 * Does for each row what the desk asks of a person: an unknown one is searched for at LAPOR and decided by what is
 * there, one that was sent back is sent anew.
 */
export async function decideAll(api: Api, sandbox: SandboxControl, rows: readonly ForwardRow[]) {
	const made = { found: 0, absent: 0, resent: 0 };
	for (const { id, reference, state } of rows) {
		if (state === 'unknown') {
			const [there] = await sandbox.reports(reference);
			const decision = there ? { outcome: 'found', lapor_id: String(there.id) } : { outcome: 'absent' };
			const reason = 'Dicari di kotak masuk SP4N-LAPOR!';
			// 409: a look-up has found it meanwhile.
			const { status } = await api(`/escalations/${id}/resolution`, { ...decision, reason });
			if (status === 200) made[there ? 'found' : 'absent'] += 1;
		} else if (state === 'rejected') {
			const { status } = await api(`/escalations/${id}/resend`, { reason: 'Judul diperjelas.' });
			if (status === 201) made.resent += 1;
		}
	}
	return made;
}
