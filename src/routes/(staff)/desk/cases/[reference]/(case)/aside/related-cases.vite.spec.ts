import { expect, it } from 'vitest';
import { htmlOf } from '#lib/dev/testing/rendered.ts';
import { m } from '#lib/paraglide/messages.js';
import RelatedCases from './RelatedCases.svelte';

it('counts a report once that has the same place and the same officer', () => {
	const report = {
		reference: 'SPATULA-7604-26-000002',
		title: 'Antrean',
		excerpt: '',
		kind: 'complaint',
		status: 'received',
		draft: null,
		receivedAt: new Date('2026-03-02T01:00:00Z'),
		timeZone: 'Asia/Makassar'
	};
	const html = htmlOf(RelatedCases, { related: { place: [report], officer: [report], contact: [], split: [] } });
	expect(html).toContain(m.case_related_others({ count: 1 }));
});
