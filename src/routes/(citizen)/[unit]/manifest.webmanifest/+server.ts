import { m } from '#lib/paraglide/messages.js';
import { NotFound } from '#lib/server/errors.ts';
import { findUnit } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

const icon = (file: string, size: number, purpose: 'any' | 'maskable') => ({
	src: `/${file}`,
	sizes: `${size}x${size}`,
	type: 'image/png',
	purpose
});

/** The office as an app on the home screen of a phone. It starts at the office's front door. */
export const GET = ({ params }) =>
	asPage(async () => {
		const unit = await findUnit(params.unit);
		if (!unit) throw new NotFound();
		const { name, slug, accent } = unit;
		const manifest = {
			id: `/${slug}`,
			name,
			short_name: m.app_name(),
			description: m.citizen_office_description({ unit: name }),
			start_url: `/${slug}`,
			scope: '/',
			display: 'standalone',
			theme_color: accent,
			background_color: '#ffffff',
			icons: [
				icon('icon-192.png', 192, 'any'),
				icon('icon-512.png', 512, 'any'),
				icon('icon-maskable-512.png', 512, 'maskable')
			]
		};
		return new Response(JSON.stringify(manifest), { headers: { 'content-type': 'application/manifest+json' } });
	});
