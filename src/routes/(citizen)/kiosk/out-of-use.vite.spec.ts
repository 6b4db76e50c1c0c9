import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import type { KioskScreen } from '#lib/ratings/kiosk.ts';
import { m } from '#lib/paraglide/messages.js';
import Page from './+page.svelte';

const SCREEN: KioskScreen = {
	now: '2026-03-02T01:00:00.000Z',
	kiosk: 'k',
	number: 1,
	mode: 'display',
	ended: 'closed',
	place: 'Loket 1',
	unit: { name: 'Kantor Contoh', slug: 'contoh', accent: 'blue' },
	code: 'ABCD',
	address: 'https://contoh.go.id/q/ABCD',
	officers: [],
	atDesk: null,
	visit: null
};

it('a display that starts while its office is closed asks whether it is open again', () => {
	const data = { lang: 'id', screen: SCREEN, thanks: false, form: null };
	const { head, body } = render(Page as never, { props: { data, form: null } as never });
	expect(body).toContain(m.kiosk_closed_next());
	expect(head).toContain('http-equiv="refresh"');
	// Also true of an office that has never been open.
	expect(head).toContain(`<title>${m.kiosk_closed()}`);
});
