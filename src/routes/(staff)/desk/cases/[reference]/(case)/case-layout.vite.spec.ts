import { expect, test } from 'vitest';
import { htmlOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import Layout from './+layout.svelte';

const lists = {
	clocks: [],
	named: [],
	related: { split: [], place: [], officer: [], contact: [] },
	clarifications: [],
	files: []
};
const unit = { name: 'Kantor Contoh', slug: 'contoh', timeZone: 'Asia/Makassar' };
const shown = {
	status: 'received',
	kind: 'complaint',
	reference: 'A',
	body: 'Antreannya panjang.',
	receivedAt: new Date(),
	may: {},
	today: '',
	unit,
	...lists
};
const asides = { inbound: [], facts: [], reporterFacts: [], forwards: [], similar: [], history: [], daysOff: [] };
const data = { turns: [], links: { may: {}, reaches: [], linkedReports: [] }, replyWay: {}, outcome: {}, ...asides };

test('a returned archiving is above the report, a waiting one below it', () => {
	const isAbove = (state: string, title: string) => {
		const draft = { kind: 'archive', state, at: new Date(), deciders: [], files: [] };
		const html = htmlOf(
			Layout,
			{ data: { ...data, shown: { ...shown, draft } }, children: () => {} },
			'desk/cases/A/assignment'
		);
		expect(html).toContain(title);
		return html.indexOf(title) < html.indexOf('class="verbatim');
	};
	expect(isAbove('sent_back', m.desk_draft_archive_back())).toBe(true);
	expect(isAbove('pending', m.desk_draft_archive_waits())).toBe(false);
});
