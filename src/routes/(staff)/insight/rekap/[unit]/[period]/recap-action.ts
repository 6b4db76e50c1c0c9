import { page } from '$app/state';

export function recapAction(name: 'file' | 'cause' | 'follow' | 'finish'): string {
	const kept = [...page.url.searchParams].filter(([key]) => key === 'scope' || key === 'version');
	return ['?/' + name, ...kept.map(([key, value]) => `${key}=${encodeURIComponent(value)}`)].join('&');
}
