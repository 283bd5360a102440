module counter(input clk, input reset, output reg [7:0] n);
  always @(posedge clk)
    if (reset) n <= 0;
    else n <= n + 1;
endmodule
