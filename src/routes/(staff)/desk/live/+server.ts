export { liveStream as GET } from '#lib/server/web/live-stream.ts';
