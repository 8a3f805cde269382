extension HyperNetworkConfiguration {
  /// The length of the encoder's latent vector.
  package var latentCount: Int { contextEncoder.latentCount }

  /// The encoder this configuration describes.
  package var contextEncoder: any ContextEncoder {
    switch encoder {
    case .attention:
      AttentionEncoder(
        channels: channels, width: latentWidth, tokens: tokens, heads: attentionHeads,
        blocks: blocks)
    case .convolutional: ConvolutionalEncoder(channels: channels, width: latentWidth)
    case .set: SetEncoder(channels: channels, width: latentWidth)
    }
  }

  /// The head this configuration describes.
  var hyperNetworkHead: any HyperNetworkHead {
    let latentCount = contextEncoder.latentCount
    return switch head {
    case .full: FullHead(latentCount: latentCount, hyperWidth: hyperWidth, field: field)
    case .lowRank: LowRankHead(latentCount: latentCount, field: field)
    case .modulated: ModulatedHead(latentCount: latentCount, field: field)
    }
  }
}
