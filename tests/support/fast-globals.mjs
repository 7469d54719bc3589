import swc from '@swc/jest';

// Jest runs modules in a VM context, where each mention of a global is looked up by an interceptor: loops over pixels
// and samples took ten times as long as in the hub. So each module holds what such loops mention as its own.
const names =
  'Math, Number, Array, DataView, Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array, Int16Array, Uint32Array, ' +
  'Int32Array, Float32Array, Float64Array';
/** On the first line, so that no line number changes. */
const head = `const { ${names} } = globalThis; `;

/** The transform of jest.config.mjs; options are those of @swc/jest. */
export default {
  createTransformer(options) {
    const inner = swc.createTransformer(options);
    return {
      ...inner,
      process: (source, ...rest) => inner.process(head + source, ...rest),
      processAsync: (source, ...rest) => inner.processAsync(head + source, ...rest),
      getCacheKey: (source, ...rest) => inner.getCacheKey(head + source, ...rest),
    };
  },
};
