import { identify } from '#lib/server/web/http/identify.ts';
import { addressOf, requestTo } from './request.ts';
import { importRoute } from './routes.ts';

type Load = (event: unknown) => unknown;

/** The cookies of one browser. */
export type CookieJar = Map<string, string>;

/** Runs what the server does for a page: it identifies the actor and runs the loads of the route together. */
export async function openPage(
	route: string,
	{
		params = {},
		search = '',
		jar = new Map(),
		isDataRequest = false
	}: { params?: Record<string, string>; search?: string; jar?: CookieJar; isDataRequest?: boolean } = {}
): Promise<Record<string, unknown>> {
	const path = route.replace(/\/\([^)]*\)/g, '').replace(/\[(\w+)\]/g, (_, name: string) => params[name] ?? '');
	const sent = { params, jar, route: { id: route }, isDataRequest };
	const request = requestTo(`${path || '/'}${search}`, sent);
	const event: { locals: App.Locals } = request;
	event.locals.actor = await identify(request);
	let data: Promise<Record<string, unknown>> = Promise.resolve({});
	for (const load of await loadsOf(route)) {
		const above = data;
		const own = Promise.resolve(
			load({
				...event,
				parent: () => above,
				depends: () => {},
				untrack: (read: () => unknown) => read(),
				setHeaders: () => {}
			})
		);
		data = Promise.all([above, own]).then(([one, other]) => ({ ...one, ...(other as object) }));
	}
	const shown = await addressOf(data);
	return typeof shown === 'string' ? { location: shown } : shown;
}

/** The loads of a route's layouts, from the root, and of its page. */
async function loadsOf(route: string): Promise<Load[]> {
	const segments = route.split('/').slice(1);
	const folders = segments.map((_, index) => `${segments.slice(0, index + 1).join('/')}/`);
	const files = [...['', ...folders].map((folder) => `${folder}+layout.server.ts`), `${folders.at(-1)}+page.server.ts`];
	const modules = await Promise.all(files.map((file) => importRoute<{ load?: Load }>(file)));
	return modules.flatMap((module) => module?.load ?? []);
}
