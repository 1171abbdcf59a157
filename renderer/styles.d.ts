/** Style sheets are imported for their effect and bundled by the build. */
declare module '*.css';
