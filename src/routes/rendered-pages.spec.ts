import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { formatDateTime } from '#lib/calendar/format.ts';
import { formState } from '#lib/ui/form/form-state.ts';
import ConnectionPage from './(staff)/admin/channels/[channel]/[code]/+page.svelte';
import Message from './(citizen)/lacak/laporan/pesan/+page.svelte';
import StopMails from './(citizen)/surel/[token]/+page.svelte';
import TaskNotice from './(staff)/desk/escalations/[id]/TaskNotice.svelte';
import ForgottenPassword from './(door)/login/lupa/+page.svelte';

/** The page as the site sends it, without its frame. */
function bodyOf(page: unknown, data: object, form: object | null = null, query = ''): string {
	const url = new URL(`http://x/${query}`);
	const context = new Map([['__request__', { page: { data, url } }]]);
	return render(page as never, { props: { data, form } as never, context }).body;
}

it.each([
	['forgotten password', ForgottenPassword, { byMail: true, sent: false }],
	['e-mails to a reporter', StopMails, { stopped: 'none' }]
])('the form of the page “%s” says why it was refused', (_, page, data) => {
	const message = 'Penyimpanan kantor penuh.';
	const refused = { issues: [{ path: '', message, code: 'refused' }], typed: {} };
	expect(bodyOf(page, data)).not.toContain('role="alert"');
	expect(bodyOf(page, data, refused)).toMatch(new RegExp(`role="alert"[^]*${message}`));
});

it('an archived report promises to be handled again only while the reporter may complete it', () => {
	const pageOf = (complete: boolean) =>
		bodyOf(Message, {
			report: { reference: 'ADU-1', status: 'archived', archiveReason: 'incomplete', may: { complete } },
			unit: { name: 'Kantor Contoh' },
			question: null,
			hidden: { submissionId: '1', opened: '1' },
			files: { max: 5, accept: 'image/*' }
		});
	expect(pageOf(true)).toContain(m.citizen_case_complete_hint());
	expect(pageOf(false)).not.toContain(m.citizen_case_complete_hint());
	expect(pageOf(false)).toContain(m.citizen_case_write());
});

it('the form of a task sends which task the person saw', () => {
	const view = { task: 'gone', taskText: null, taskAt: new Date('2026-11-02T01:00:00Z') };
	const props = { view, sent: formState(null), zone: 'Asia/Makassar', mayMap: false };
	expect(render(TaskNotice, { props: props as never }).body).toContain(
		'name="raised" value="2026-11-02T01:00:00.000Z"'
	);
});

it('a connection that failed shows since when, and that a test of it has ended', () => {
	const [zone, lastErrorAt] = ['Asia/Makassar', new Date('2026-11-02T01:00:00Z')];
	const shown = { address: 'pengaduan@kantor.go.id', lastError: 'password', lastErrorAt, checkedAt: null, failed: 0 };
	const office = { name: 'Kantor Contoh', zone, opened: true };
	const data = { channel: 'email', office, shown, settings: {}, used: false, waiting: [], hook: '', texts: [] };
	const page = bodyOf(ConnectionPage, data);
	expect(page).toContain(m.channels_failed_since({ when: formatDateTime(lastErrorAt, zone) }));
	expect(page).not.toContain(m.channels_tried());
	expect(bodyOf(ConnectionPage, data, null, '?tried')).toContain(m.channels_tried());
});
