import { createRawSnippet } from 'svelte';
import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import Layout from './+layout.svelte';

const children = createRawSnippet(() => ({ render: () => '<p></p>' }));

/** The frame of a page, for a person who practises at an office in trial. */
function frameOf(reference?: string): string {
	const data = { actor: { name: 'Ani' }, menu: [], unread: 0, trial: ['Kantor Baru'] };
	const page = { data, form: null, params: { reference }, url: new URL('http://localhost/desk') };
	const context = new Map([['__request__', { page }]]);
	return render(Layout as never, { props: { data, children } as never, context }).body;
}

it('says on lists and on reports of a trial that its reports are for practice, and not on real reports', () => {
	const banner = m.trial_banner({ offices: 'Kantor Baru' });
	expect(frameOf()).toContain(banner);
	expect(frameOf('UJI-7605-26-000001')).toContain(banner);
	expect(frameOf('SPATULA-7604-26-000001')).not.toContain(banner);
});
