import { submit } from '../../scripts/site/client.ts';
import { running } from './journey.ts';
import { api } from './site.ts';

/** Adds a place to Mamuju by the form of its administrator. @returns its id and the letters of its printed code */
export async function addPlace(
	cookie: string,
	fields: { name: string; kind: 'desk' | 'kiosk'; officerId?: string }
): Promise<{ id: string; code: string }> {
	const { origin } = running();
	const { body } = await api(origin, '/units');
	const unitId = (body.items as { id: string; slug: string }[]).find(({ slug }) => slug === 'mamuju')?.id ?? '';
	const added = await submit(origin, '/admin/places/new', { unitId, ...fields }, cookie);
	const path = added.headers.get('location') ?? '';
	const page = await (await fetch(`${origin}${path}`, { headers: { cookie } })).text();
	return { id: path.split(/[/?]/)[3] ?? '', code: /\/q\/([0-9A-Z]{6})/.exec(page)?.[1] ?? '' };
}
